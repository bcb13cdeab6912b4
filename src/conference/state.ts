/** Where a conference is, from the first input to the end. */
import type { CloseInfo } from './io.ts';

export type ConferenceState =
  | { name: 'idle' }
  /** config.js is being fetched */
  | { name: 'discovering' }
  /** the focus is being asked over HTTP, before there is a connection; `retryAt` while waiting to ask again */
  | { name: 'requesting-http'; retryAt?: number }
  | { name: 'connecting' }
  | { name: 'logging-in' }
  /** the focus is being asked by IQ; `retryAt` while waiting to ask again */
  | { name: 'requesting'; retryAt?: number }
  /** our join presence is under way */
  | { name: 'entering'; deadline: number }
  | { name: 'joined' }
  /** our unavailable presence is under way */
  | { name: 'leaving'; deadline: number }
  /** the stream is being closed */
  | { name: 'closing'; deadline: number; info: CloseInfo }
  | { name: 'ended'; info: CloseInfo };

/** A step from one state to another, and why. */
export interface Transition {
  from: ConferenceState['name'];
  to: ConferenceState['name'];
  why: string;
}
