/**
 * Capture times are on our clock, and frames come a little after them. Where they come long after, or before, the sender's clock is not what
 * it says, and arrivals are what is left: the least delay of the last seconds is taken off.
 */
import type { Milliseconds } from '../../base/clock.ts';

/** ms that the least delay may be without being wrong */
const [soonest, latest]: readonly [Milliseconds, Milliseconds] = [-50, 300];
/** ms after which a least delay counts no more: twice, at most */
const window: Milliseconds = 5_000;

export class ArrivalOffset {
  /** Of this window and of the one before. */
  #least = Infinity;
  #leastBefore = Infinity;
  #windowEnd = -Infinity;
  #current = 0;

  /** @returns ms to be added to capture times */
  arrived(captureTime: Milliseconds, arrival: Milliseconds): Milliseconds {
    const delay = arrival - captureTime;
    if (arrival >= this.#windowEnd) {
      this.#leastBefore = arrival - this.#windowEnd < window ? this.#least : Infinity;
      this.#least = Infinity;
      this.#windowEnd = arrival + window;
    }
    this.#least = Math.min(this.#least, delay);
    const least = Math.min(this.#least, this.#leastBefore);
    // A little later or sooner is no other offset: it would be heard.
    const wrong = least < soonest || least > latest ? least : 0;
    if (wrong === 0 || Math.abs(wrong - this.#current) > latest) this.#current = wrong;
    return this.#current;
  }
}
