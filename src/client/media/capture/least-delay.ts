/**
 * How far our clock is ahead of another, as far as what comes from there tells: by the least that anything took lately. What is slower only
 * waited on the way. Old samples are forgotten, so that clocks may drift: at 100 ppm it is wrong by 4 ms at most.
 */

/** ms of arrivals in one sample, and how many of them count. */
const [sampleTime, samplesKept] = [5_000, 8];

export class LeastDelay {
  /** The latest last. */
  readonly #samples: { since: number; least: number }[] = [];
  #offset: number | undefined;

  /** ms to be added to a time of theirs: when it would have come at the earliest. Undefined before the first. */
  get offset(): number | undefined {
    return this.#offset;
  }

  /** @param time ms of their clock @param arrival ms of ours */
  add(time: number, arrival: number): void {
    const offset = arrival - time;
    const last = this.#samples.at(-1);
    if (last && arrival - last.since < sampleTime) {
      if (offset >= last.least) return;
      last.least = offset;
      if (offset < (this.#offset ?? Infinity)) this.#offset = offset;
      return;
    }
    this.#samples.push({ since: arrival, least: offset });
    const oldest = arrival - sampleTime * samplesKept;
    while ((this.#samples[0]?.since ?? arrival) <= oldest) this.#samples.shift();
    this.#offset = Math.min(...this.#samples.map(({ least }) => least));
  }

  /** Another clock from here on. */
  restart(): void {
    this.#samples.length = 0;
    this.#offset = undefined;
  }
}
