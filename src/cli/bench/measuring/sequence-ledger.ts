/** Which messages of one run have arrived: lost, duplicated and reordered ones, in bounded memory. */

/** How far back a late message is still told from a duplicate, in messages. */
const windowSize = 65_536;

export class SequenceLedger {
  /** One bit a message of the window, at its sequence number modulo the window's size. */
  readonly #seen = new Uint8Array(windowSize / 8);
  #first: number;
  #next: number;
  #distinct = 0;
  duplicated = 0;
  /** Messages that came after one that was sent later. */
  reordered = 0;

  /** @param first the first sequence number that counts: 0 for whoever was there from the beginning */
  constructor(first: number) {
    this.#first = first;
    this.#next = first;
  }

  /** Messages that arrived, each counted once. */
  get received(): number {
    return this.#distinct;
  }

  /** Messages that should have arrived before the latest one that did, or before the announced end, and have not. */
  get lost(): number {
    return this.#next - this.#first - this.#distinct;
  }

  /** @returns false for a duplicate */
  note(sequence: number): boolean {
    if (sequence >= this.#next) {
      this.#advance(sequence);
    } else {
      // What is older than the window may be either: it stays lost.
      if (sequence < this.#next - windowSize || sequence < this.#first || this.#has(sequence)) {
        this.duplicated += 1;
        return false;
      }
      this.reordered += 1;
    }
    this.#mark(sequence);
    this.#distinct += 1;
    return true;
  }

  /** The sender has said how many it sent; what is missing at the end is lost too. */
  end(total: number): void {
    if (total > this.#next) this.#forget(this.#next, total);
    this.#next = Math.max(this.#next, total);
  }

  #advance(sequence: number): void {
    this.#forget(this.#next, sequence + 1);
    this.#next = sequence + 1;
  }

  /** Clears the bits of messages that enter the window. */
  #forget(from: number, to: number): void {
    if (to - from >= windowSize) {
      this.#seen.fill(0);
      return;
    }
    for (let sequence = from; sequence < to; sequence += 1) {
      const bit = sequence % windowSize;
      this.#seen[bit >> 3] = (this.#seen[bit >> 3] ?? 0) & ~(1 << (bit & 7));
    }
  }

  #has(sequence: number): boolean {
    const bit = sequence % windowSize;
    return ((this.#seen[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  #mark(sequence: number): void {
    const bit = sequence % windowSize;
    this.#seen[bit >> 3] = (this.#seen[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
}
