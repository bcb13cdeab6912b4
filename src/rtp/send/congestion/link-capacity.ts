/** What the narrowest link on the way seems to carry, of the rates at which it was too much (libwebrtc's `LinkCapacityEstimator`). */

const weight = 0.05;
/** Of the normalised variance, in kbit/s. */
const [leastDeviation, mostDeviation, firstDeviation] = [0.4, 2.5, 0.4];
const deviations = 3;

export class LinkCapacity {
  /** kbit/s */
  #estimate: number | undefined;
  #deviation = firstDeviation;

  get isKnown(): boolean {
    return this.#estimate !== undefined;
  }

  /** bit/s */
  get estimate(): number | undefined {
    return this.#estimate === undefined ? undefined : this.#estimate * 1_000;
  }

  /** bit/s; `Infinity` while nothing is known */
  get most(): number {
    return this.#estimate === undefined ? Infinity : (this.#estimate + this.#spread(this.#estimate)) * 1_000;
  }

  /** bit/s; 0 while nothing is known */
  get least(): number {
    return this.#estimate === undefined
      ? 0
      : Math.max(0, this.#estimate - this.#spread(this.#estimate)) * 1_000;
  }

  reset(): void {
    this.#estimate = undefined;
  }

  /** @param bitrate at which queues grew */
  exceeded(bitrate: number): void {
    const sample = bitrate / 1_000;
    const estimate = this.#estimate === undefined ? sample : (1 - weight) * this.#estimate + weight * sample;
    this.#estimate = estimate;
    const norm = Math.max(estimate, 1);
    const deviation = (1 - weight) * this.#deviation + (weight * (estimate - sample) ** 2) / norm;
    this.#deviation = Math.min(mostDeviation, Math.max(leastDeviation, deviation));
  }

  #spread(estimate: number): number {
    return deviations * Math.sqrt(this.#deviation * estimate);
  }
}
