/**
 * When to ask the focus for a new session after one has failed. One that is asked for while the way to the bridge is dead is wasted, and
 * the focus counts it (`jingle/restart-limit.ts`): so the way's return is waited for, where the failed transport looks for it.
 */
import type { Milliseconds } from '../../base/clock.ts';
import { type RandomBytes, randomBetween } from '../../base/random.ts';

/** The n-th failure in a row waits between the first and 2^n times it, at most the last. */
const [firstWait, lastWait] = [1_000, 10_000];
const period: Milliseconds = 60_000;
/** In any {@link period}, without knowing that the way is there: one less than the focus may be asked. */
const maxBlind = 3;

export class RestartPolicy {
  readonly #random: RandomBytes;
  #failures = 0;
  /** How often in a row the bridge answered and the new session failed all the same. */
  #inVain = 0;
  #requests: Milliseconds[] = [];

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  connected(): void {
    this.#failures = 0;
    this.#inVain = 0;
  }

  /**
   * A session has failed: ms until the next is asked for, if nothing happens before.
   * @param isLooking its transport looks for the bridge, and {@link found} may follow
   */
  failed(isLooking: boolean, now: Milliseconds): Milliseconds {
    this.#failures += 1;
    return isLooking ? Math.max(lastWait, this.#blindFrom(now) - now) : this.#backOff(this.#failures);
  }

  /** The bridge answers again: ms until a session is asked for. */
  found(): Milliseconds {
    const wait = this.#inVain === 0 ? 0 : this.#backOff(this.#inVain);
    this.#inVain += 1;
    return wait;
  }

  requested(now: Milliseconds): void {
    this.#requests = [...this.#requests.slice(1 - maxBlind), now];
  }

  #backOff(count: number): Milliseconds {
    return randomBetween(this.#random, firstWait, Math.min(firstWait * 2 ** count, lastWait));
  }

  #blindFrom(now: Milliseconds): Milliseconds {
    const oldest = this.#requests.at(-maxBlind);
    return oldest === undefined ? now : oldest + period;
  }
}
