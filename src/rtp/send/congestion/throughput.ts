/** The rate at which the other side gets what we send, by its own clock: a Bayesian average of short windows (libwebrtc's `BitrateEstimator`). */

/** ms; the first one is longer */
const [firstWindow, window] = [500, 150];
/** How much less a sample counts that is far from what is known. */
const uncertainty = 10;
/** By which certainty fades, with each sample. */
const fading = 5;
const firstVariance = 50;

export class Throughput {
  /** kbit/s */
  #estimate: number | undefined;
  #variance = firstVariance;
  #bytes = 0;
  #filled = 0;
  #last: number | undefined;

  /** bit/s; undefined before the first half second */
  get bitrate(): number | undefined {
    return this.#estimate === undefined ? undefined : this.#estimate * 1_000;
  }

  add(bytes: number, arrival: number): void {
    const sample = this.#sample(bytes, arrival);
    if (sample === undefined) return;
    const estimate = this.#estimate;
    if (estimate === undefined) {
      this.#estimate = sample;
      return;
    }
    const deviation = (uncertainty * Math.abs(estimate - sample)) / Math.max(estimate, Number.EPSILON);
    const [known, seen] = [this.#variance + fading, deviation ** 2];
    this.#estimate = (seen * estimate + known * sample) / (seen + known);
    this.#variance = (seen * known) / (seen + known);
  }

  /** kbit/s of a window that is over. */
  #sample(bytes: number, arrival: number): number | undefined {
    const length = this.#estimate === undefined ? firstWindow : window;
    if (this.#last === undefined || arrival < this.#last) {
      this.#last = arrival;
      this.#bytes = bytes;
      this.#filled = 0;
      return undefined;
    }
    const pause = arrival - this.#last;
    this.#last = arrival;
    this.#filled += pause;
    if (pause > length) {
      // Nothing was sent for so long: what there was says nothing of now.
      this.#bytes = 0;
      this.#filled %= length;
    }
    let sample: number | undefined;
    if (this.#filled >= length) {
      sample = (this.#bytes * 8) / length;
      this.#filled -= length;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return sample;
  }
}
