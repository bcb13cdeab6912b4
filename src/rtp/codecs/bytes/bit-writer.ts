/** Bits, the most significant first, filled up with zeros to bytes. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #used = 0;

  /** @param count up to 16 */
  bits(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--, this.#used++) {
      const byte = this.#used >>> 3;
      this.#bytes[byte] = (this.#bytes[byte] ?? 0) | (((value >>> bit) & 1) << (7 - (this.#used & 7)));
    }
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
