/** Counts media sessions, and whether any reached the bridge: one follows the other when the bridge moves, or when the room was empty for a while. */
import type { Conference } from '../../client/conference.ts';

/** Codes of errors. */
const connectionFailures: ReadonlySet<string> = new Set([
  'transport-failed',
  'transport-timeout',
  'fingerprint-mismatch',
  'fingerprint-changed',
  'no-relay',
]);

export class SessionCount {
  #sessions = 0;
  #restarts = 0;
  #failures = 0;
  #hasConnected = false;
  readonly #conference: Pick<Conference, 'on' | 'session'>;

  constructor(conference: Pick<Conference, 'on' | 'session'>) {
    this.#conference = conference;
    if (conference.session?.state === 'active') this.#sessions = 1;
    conference.on('sessionAccepted', () => (this.#sessions += 1));
    conference.on('warning', ({ error }) => {
      if (connectionFailures.has(error.code)) this.#failures += 1;
    });
    conference.on('sessionEnded', ({ end }) => {
      if (end.nextOffer === 'at-once') this.#restarts += 1;
    });
  }

  /** To be called now and then: nobody tells when a session is connected. */
  look(): void {
    this.#hasConnected ||= this.#conference.session?.transportState === 'connected';
  }

  /** The bridge was tried and not reached. */
  get neverConnected(): boolean {
    const failed = this.#failures > 0 || (this.#sessions === 0 && this.#restarts > 0);
    return failed && !this.#hasConnected;
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
