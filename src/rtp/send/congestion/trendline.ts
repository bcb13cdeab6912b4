/** Whether queues on the way grow: the slope of the smoothed delay over the last groups of packets (libwebrtc's `TrendlineEstimator`). */
import type { GroupDelta } from './packet-groups.ts';

const window = 20;
const smoothing = 0.9;

export class Trendline {
  /** Groups so far. */
  count = 0;
  /** ms of delay that are added in a ms */
  slope = 0;
  #firstArrival = 0;
  #delay = 0;
  #smoothed = 0;
  readonly #arrivals: number[] = [];
  readonly #delays: number[] = [];

  add({ sent, arrived, arrival }: GroupDelta): void {
    if (this.count === 0) this.#firstArrival = arrival;
    this.count++;
    this.#delay += arrived - sent;
    this.#smoothed = smoothing * this.#smoothed + (1 - smoothing) * this.#delay;
    this.#arrivals.push(arrival - this.#firstArrival);
    this.#delays.push(this.#smoothed);
    if (this.#arrivals.length > window) {
      this.#arrivals.shift();
      this.#delays.shift();
    }
    if (this.#arrivals.length === window) this.slope = slopeOf(this.#arrivals, this.#delays) ?? this.slope;
  }
}

/** By least squares; undefined when all have the same `x`. */
function slopeOf(xs: readonly number[], ys: readonly number[]): number | undefined {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let [rise, run] = [0, 0];
  for (const [index, x] of xs.entries()) {
    rise += (x - meanX) * ((ys[index] ?? 0) - meanY);
    run += (x - meanX) ** 2;
  }
  return run === 0 ? undefined : rise / run;
}
