/** How long a mix waits for what is on its way: as long as frames are late, longer at once, and shorter slowly. */
import type { Milliseconds } from '../../base/clock.ts';

/** ms beyond what was needed */
const margin = 10;
/** Of what is too much, a frame takes off: half a minute until it is a third. */
const easing = 1 / 1_500;

export class PlayOutDelay {
  readonly #shortest: Milliseconds;
  readonly #longest: Milliseconds;
  #current: Milliseconds;

  constructor(shortest: Milliseconds, longest: Milliseconds) {
    this.#shortest = shortest;
    this.#longest = Math.max(shortest, longest);
    this.#current = shortest;
  }

  get current(): Milliseconds {
    return this.#current;
  }

  /** A frame came. @param lateness ms after the time at which its sound ends */
  arrived(lateness: Milliseconds): void {
    const needed = Math.min(this.#longest, Math.max(this.#shortest, lateness + margin));
    if (needed > this.#current) this.#current = needed;
    else this.#current -= (this.#current - needed) * easing;
  }
}
