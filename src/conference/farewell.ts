/** The end of a conference, in order: out of the room, out of the stream. Nobody is waited for long. */
import type { Connection } from './connection/connection.ts';
import type { Entrance } from './entrance.ts';
import type { CloseInfo } from './io.ts';
import type { JingleSessions } from './sessions/jingle-sessions.ts';
import { type ConferenceOptions, timing } from './options.ts';
import type { Outbox } from './outbox.ts';
import { leavePresence, unavailablePresence } from './room/own-presence.ts';
import type { Requests } from './requests.ts';
import { type ConferenceState, isOver } from './state.ts';

export interface FarewellParts {
  options: ConferenceOptions;
  connection: Connection;
  entrance: Entrance;
  requests: Requests;
  sessions: JingleSessions;
  outbox: Outbox;
  state(): ConferenceState;
  /** Nothing is to be made again. */
  stopComing(): void;
  enter(state: ConferenceState, why: string): void;
}

export class Farewell {
  readonly #parts: FarewellParts;

  constructor(parts: FarewellParts) {
    this.#parts = parts;
  }

  /** The user wants to go. @param reason shown to the others */
  leave(reason: string | undefined, now: number): void {
    const { connection, enter, entrance, state } = this.#parts;
    const { name } = state();
    if (isOver(state())) return;
    this.#parts.stopComing();
    // There is nobody to be told.
    if (name === 'interrupted') return this.ended({ reason: 'left' });
    const { room } = entrance.context ?? {};
    if (!room || (name !== 'joined' && name !== 'entering'))
      return this.close({ reason: 'left' }, 'left before the room was joined', now);
    this.#endSessions();
    enter({ name: 'leaving', deadline: now + timing.leaving }, 'asked to leave');
    connection.send(leavePresence(room.occupantJid, reason), now);
  }

  /** Closes the stream in order; what was going on is over. */
  close(info: CloseInfo, why: string, now: number): void {
    const { connection, enter, entrance, stopComing } = this.#parts;
    stopComing();
    entrance.stop();
    if (!connection.isOpen) return this.ended(info);
    this.#endSessions();
    if (connection.jid !== '') connection.send(unavailablePresence(), now);
    enter({ name: 'closing', deadline: now + timing.closing, info }, why);
    connection.close(now);
  }

  /** The connection is gone while we were going. @returns false when we were not */
  connectionEnded(): boolean {
    const state = this.#parts.state();
    if (state.name === 'closing') this.ended(state.info);
    else if (state.name === 'leaving') this.ended({ reason: 'left' });
    else return false;
    return true;
  }

  tick(now: number): void {
    const state = this.#parts.state();
    if (state.name === 'leaving' && now >= state.deadline)
      this.close({ reason: 'left' }, 'the room did not confirm our leaving', now);
    else if (state.name === 'closing' && now >= state.deadline) this.ended(state.info);
  }

  ended(info: CloseInfo): void {
    const { connection, enter, entrance, options, outbox, state } = this.#parts;
    if (state().name === 'ended') return;
    this.#parts.stopComing();
    this.#endSessions();
    connection.stop();
    entrance.stop();
    // It may be out of date.
    if (info.reason === 'join-failed') options.memory.forgetConfig(options.address);
    enter({ name: 'ended', info }, info.error?.message ?? info.reason);
    outbox.push({ type: 'ended', info });
  }

  #endSessions(): void {
    const { requests, sessions } = this.#parts;
    requests.sessionSteps(sessions.clear());
  }
}
