/**
 * When to ask the focus for a new session after one has failed. The focus counts what is asked of it (`jingle/restart-limit.ts`), and a
 * bridge gives a session up 5 s after its accept, but answers checks before it. So the network's return is waited for in a new session
 * that is not accepted yet, where it is seen at once even if the bridge has forgotten the old one.
 */
import type { Milliseconds } from '../../base/clock.ts';
import { type RandomBytes, randomBetween } from '../../base/random.ts';

/** The n-th failure in a row waits between the first and 2^n times it, at most the last. */
const [firstWait, lastWait] = [1_000, 10_000];
const period: Milliseconds = 60_000;
/** In any {@link period}, without knowing that the way is there: one less than the focus may be asked. */
const maxBlind = 3;
/**
 * For how long the accept waits for a sign of the bridge. With the attempt of 7 s that follows, in case this bridge gives none, and the wait
 * for the next session it is a third of {@link period}.
 */
const patience: Milliseconds = 12_000;

export class RestartPolicy {
  readonly #random: RandomBytes;
  #failures = 0;
  /** How often in a row the bridge answered and the new session failed all the same. */
  #inVain = 0;
  #requests: Milliseconds[] = [];

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** ms for which the bridge is looked for in the next session before it is accepted */
  get patience(): Milliseconds {
    return this.#failures === 0 ? 0 : patience;
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
    // Everybody's session fails when the bridge does.
    return isLooking ? Math.max(this.#backOff(1), this.#blindFrom(now) - now) : this.#backOff(this.#failures);
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
