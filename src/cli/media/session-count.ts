/** Counts media sessions: one follows the other when the bridge moves, or when the room was empty for a while. */
import type { Conference } from '../../client/conference.ts';

export class SessionCount {
  #sessions = 0;
  #restarts = 0;

  constructor(conference: Pick<Conference, 'on' | 'session'>) {
    if (conference.session?.state === 'active') this.#sessions = 1;
    conference.on('sessionAccepted', () => (this.#sessions += 1));
    conference.on('sessionEnded', ({ end }) => {
      if (end.nextOffer === 'at-once') this.#restarts += 1;
    });
  }

  /** The focus took our answer for so many. */
  get sessions(): number {
    return this.#sessions;
  }

  /** So many were given up for a new one at once. */
  get restarts(): number {
    return this.#restarts;
  }
}
