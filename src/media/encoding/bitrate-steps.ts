/**
 * The bitrate of an encoder that has to be started anew to get another one, which costs a key frame: it is lowered soon, when less fits, and raised seldom,
 * when much more does.
 */

/** Of what fits: encoders are not exact, and packets have headers. */
const share = 0.9;
/** bit/s; with less there is no picture */
const least = 50_000;
/** What fits, by the bitrate that there is; and ms since the change before. */
const [lower, farLower, higher, farHigher] = [0.8, 0.5, 1.3, 2];
const [soon, verySoon, late, afterBeginning] = [2_000, 500, 8_000, 2_000];

export class BitrateSteps {
  readonly #most: number;
  #current: number | undefined;
  #changedAt = -Infinity;

  /** @param most bit/s that are worth it */
  constructor(most: number) {
    this.#most = most;
  }

  /** bit/s; undefined before the beginning */
  get current(): number | undefined {
    return this.#current;
  }

  /** @param target bit/s that fit, headers included; undefined: nobody knows @returns the encoder is to be started, with `current` */
  follow(target: number | undefined, now: number): boolean {
    const wanted = target === undefined ? this.#most : Math.max(least, Math.min(this.#most, share * target));
    if (!this.#isDue(wanted, now - this.#changedAt)) return false;
    this.#current = Math.round(wanted);
    this.#changedAt = now;
    return true;
  }

  /** It is stopped: the next one begins at once. */
  stop(): void {
    this.#current = undefined;
    this.#changedAt = -Infinity;
  }

  #isDue(wanted: number, passed: number): boolean {
    const current = this.#current;
    if (current === undefined) return true;
    const ratio = wanted / current;
    if (ratio < farLower) return passed >= verySoon;
    if (ratio < lower) return passed >= soon;
    if (ratio > farHigher) return passed >= afterBeginning;
    return ratio > higher && passed >= late;
  }
}
