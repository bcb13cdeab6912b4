/** The 48-bit index of a source's packets, of which the 16-bit sequence number is what can be seen (RFC 3711, 3.3.1), and which have come (3.3.2). */

/** Packets that may come late; the least that RFC 3711, 3.3.2 allows is 64. */
const windowSize = 128;

export class PacketIndex {
  #highest = -1;
  /** The last index that took a place, at the index modulo its size. */
  #window: Float64Array | undefined;

  /** The index nearest to the highest so far. It is below 0 for what is older than the first packet. */
  of(sequenceNumber: number): number {
    if (this.#highest < 0) return sequenceNumber;
    return this.#highest + (((sequenceNumber - this.#highest) << 16) >> 16);
  }

  /** Neither taken before nor too old to know. */
  isNew(index: number): boolean {
    if (index < 0 || index <= this.#highest - windowSize) return false;
    return this.#window?.[index % windowSize] !== index;
  }

  /** The packet is authentic. */
  take(index: number): void {
    if (index > this.#highest) this.#highest = index;
    if (index < 0) return;
    this.#window ??= new Float64Array(windowSize).fill(-1);
    this.#window[index % windowSize] = index;
  }
}
