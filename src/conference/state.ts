/** Where a conference is, from the first input to the end. */
import type { CloseInfo } from './io.ts';

export type ConferenceState =
  | { name: 'idle' }
  /** config.js is being fetched */
  | { name: 'discovering' }
  /** the socket is being opened, and with HTTP conference requests the focus is being asked meanwhile */
  | { name: 'connecting' }
  | { name: 'logging-in' }
  /** logged in; the focus has not answered yet, or we wait to ask it again */
  | { name: 'requesting' }
  /** our join presence is under way */
  | { name: 'entering'; deadline: number }
  | { name: 'joined' }
  /** the connection is lost, and the next try is waited for; what follows is a join again, or the stream is resumed */
  | { name: 'interrupted' }
  /** our unavailable presence is under way */
  | { name: 'leaving'; deadline: number }
  /** the stream is being closed */
  | { name: 'closing'; deadline: number; info: CloseInfo }
  | { name: 'ended'; info: CloseInfo };

/** Whether we are on our way out, or out: nothing can be done any more. */
export function isOver({ name }: ConferenceState): boolean {
  return name === 'leaving' || name === 'closing' || name === 'ended';
}

/** A step from one state to another, and why. */
export interface Transition {
  from: ConferenceState['name'];
  to: ConferenceState['name'];
  why: string;
}
