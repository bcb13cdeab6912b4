/** Sequence numbers of 16 bits, which wrap (RFC 3550, 5.1 and A.1; compared as RFC 1982 does). */

/** How far `to` is after `from`: -32768 to 32767. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/**
 * Makes numbers that do not wrap out of those that do, however they are reordered within half of their range. The first one stands
 * for itself; what comes before it may be negative.
 */
export class SequenceUnwrapper {
  readonly #after: number;
  #highest: number | undefined;

  /** @param after the first number is the next one above this that it may stand for */
  constructor(after = -1) {
    this.#after = after;
  }

  /** The highest number so far, unwrapped. */
  get highest(): number | undefined {
    return this.#highest;
  }

  unwrap(sequence: number): number {
    const value = this.peek(sequence);
    if (this.#highest === undefined || value > this.#highest) this.#highest = value;
    return value;
  }

  /** As {@link unwrap}, and the number does not count as seen. */
  peek(sequence: number): number {
    if (this.#highest === undefined) return this.#after + 1 + ((sequence - this.#after - 1) & 0xffff);
    return this.#highest + sequenceDistance(this.#highest, sequence);
  }
}
