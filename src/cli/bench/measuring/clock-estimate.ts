/**
 * How far another machine's clock is from ours, from questions and answers (as in RFC 5905, 8): the answer with the shortest
 * round trip is the best, and wrong by half of that at most.
 */
export class ClockEstimate {
  #offset = 0;
  #error = Number.POSITIVE_INFINITY;

  /** An answer has come. */
  get isKnown(): boolean {
    return this.#error < Number.POSITIVE_INFINITY;
  }

  /** ms to be added to our time for theirs. What may as well be no difference is none: most tests run on one machine. */
  get offset(): number {
    return this.isShared ? 0 : this.#offset;
  }

  /** ms that {@link offset} may be wrong. */
  get error(): number {
    return this.isShared ? 0 : this.#error;
  }

  /** Both seem to read the same clock. */
  get isShared(): boolean {
    return Math.abs(this.#offset) <= this.#error;
  }

  /** @param asked and `answered` by our clock, `theirs` by the other one, ms */
  add(asked: number, theirs: number, answered: number): void {
    const error = (answered - asked) / 2;
    if (error >= this.#error) return;
    this.#error = error;
    this.#offset = theirs - (asked + answered) / 2;
  }
}
