/** RTP timestamps as times: 32 bits at the codec's clock, from an offset that nobody knows, against the arrival of the first. */

/** ms between the two clocks at which the sender's has jumped. */
const jump = 10_000;

export class Timeline {
  #last: number | undefined;
  /** Ticks since the first. */
  #ticks = 0;
  #start = 0;

  /**
   * @param timestamp 32 bits
   * @param clockRate Hz
   * @param arrival ms, when it came
   * @returns ms on the clock of the arrivals
   */
  timeOf(timestamp: number, clockRate: number, arrival: number): number {
    if (this.#last === undefined) this.#begin(arrival);
    // The difference as a signed number: frames may come out of order.
    else this.#ticks += (timestamp - this.#last) | 0;
    this.#last = timestamp;
    const time = this.#start + (this.#ticks / clockRate) * 1_000;
    if (Math.abs(time - arrival) <= jump) return time;
    this.#begin(arrival);
    return arrival;
  }

  /** Another sender's clock from here on. */
  restart(): void {
    this.#last = undefined;
  }

  #begin(arrival: number): void {
    this.#start = arrival;
    this.#ticks = 0;
  }
}
