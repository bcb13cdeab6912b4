/** Which of the last sequence numbers were seen: a bit each. */

const size = 2_048;

export class SequenceWindow {
  /** Most sources that are signalled never send anything. */
  #bits: Uint32Array | undefined;
  #highest = -1;

  /** Numbers that are too old to be remembered count as seen. */
  has(sequence: number): boolean {
    if (sequence > this.#highest) return false;
    if (sequence <= this.#highest - size) return true;
    return ((this.#bits?.[(sequence & (size - 1)) >>> 5] ?? 0) & (1 << (sequence & 31))) !== 0;
  }

  add(sequence: number): void {
    this.#bits ??= new Uint32Array(size / 32);
    if (sequence > this.#highest) {
      if (sequence > this.#highest + size) this.#bits.fill(0);
      else for (let number = this.#highest + 1; number < sequence; number++) set(this.#bits, number, false);
      this.#highest = sequence;
    }
    set(this.#bits, sequence, true);
  }
}

function set(bits: Uint32Array, sequence: number, isSeen: boolean): void {
  const at = (sequence & (size - 1)) >>> 5;
  const bit = 1 << (sequence & 31);
  bits[at] = isSeen ? (bits[at] ?? 0) | bit : (bits[at] ?? 0) & ~bit;
}
