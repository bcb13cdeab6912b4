/** Percentiles of many latencies in bounded memory: buckets that grow by 2 %, so that a percentile is off by 1 % at most. */

export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** ms; everything below counts as that */
const least = 0.001;
const growth = Math.log(1.02);
/** Up to 17 minutes. */
const buckets = Math.ceil(Math.log(1e9) / growth) + 1;

export class LatencyHistogram {
  readonly #counts = new Uint32Array(buckets);
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** @param latency ms */
  add(latency: number): void {
    const bucket = latency <= least ? 0 : Math.floor(Math.log(latency / least) / growth);
    const index = Math.min(bucket, buckets - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    if (latency > this.#max) this.#max = latency;
  }

  merge(other: LatencyHistogram): void {
    for (const [index, count] of other.#counts.entries())
      if (count > 0) this.#counts[index] = (this.#counts[index] ?? 0) + count;
    this.#count += other.#count;
    this.#max = Math.max(this.#max, other.#max);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#max = 0;
  }

  /** ms; undefined when there is none */
  percentiles(): Percentiles | undefined {
    if (this.#count === 0) return undefined;
    return { p50: this.#at(0.5), p90: this.#at(0.9), p99: this.#at(0.99), max: this.#max };
  }

  #at(share: number): number {
    let left = Math.ceil(this.#count * share);
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, least * Math.exp((index + 0.5) * growth));
    }
    return this.#max;
  }
}
