/** How often a participant may ask for a restart (jicofo `restart-request-rate-limits`, jitsi-utils `RateLimit.kt`). */
import type { Milliseconds } from '../../../base/clock.ts';

const minInterval = 5_000;
const period = 60_000;
const maxRequests = 5;

export class RateLimit {
  #accepted: Milliseconds[] = [];

  /** True if a request at `now` is within the limits; only those count. */
  accept(now: Milliseconds): boolean {
    const last = this.#accepted.at(-1);
    if (last !== undefined && now - last < minInterval) return false;
    this.#accepted = this.#accepted.filter((time) => now - time <= period);
    if (this.#accepted.length >= maxRequests) return false;
    this.#accepted.push(now);
    return true;
  }
}
