/**
 * Sending no faster than told. A real bridge keeps 50 messages of an endpoint and silently drops what comes on top (media 10),
 * so what counts is not only the rate but also how much leaves at once.
 */

export interface PacerOptions {
  /** Units a second, of whatever `take` is told: bytes or messages. */
  rate: number;
  /** Units that may leave at once after a pause. */
  burst: number;
  /** ms, of a clock that never goes back */
  now: () => number;
}

/** A token bucket that may go into debt: one message is never split. */
export class Pacer {
  readonly #rate: number;
  readonly #burst: number;
  readonly #now: () => number;
  #level: number;
  #at: number;

  constructor({ rate, burst, now }: PacerOptions) {
    this.#rate = rate;
    this.#burst = burst;
    this.#now = now;
    this.#level = burst;
    this.#at = now();
  }

  /** Takes `units` and returns how long to wait before they are sent, ms. */
  take(units: number): number {
    const now = this.#now();
    this.#level = Math.min(this.#burst, this.#level + ((now - this.#at) * this.#rate) / 1000);
    this.#at = now;
    this.#level -= units;
    return this.#level >= 0 ? 0 : (-this.#level * 1000) / this.#rate;
  }
}

/**
 * A quarter of what a real bridge keeps: on a busy machine bursts meet on the way, and whoever catches up after each delay loses messages
 * rather than time.
 */
const mostAtOnce = 12;
/** ms that timers are late where the machine is not busy; that much may be caught up. */
const lateness = 4;

/** A pacer for messages of `size` bytes at `mbps` megabits of payload a second. */
export function payloadPacer(mbps: number, size: number, now: () => number): Pacer {
  const rate = (mbps * 1e6) / 8;
  const late = (rate * lateness) / 1000;
  return new Pacer({ rate, burst: Math.min(mostAtOnce * size, Math.max(2 * size, late)), now });
}
