/** Bits, the most significant first. After the end there are zeros, and `isPastEnd` tells. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#position = offset * 8;
  }

  /** Something was read that was not there. */
  get isPastEnd(): boolean {
    return this.#position > this.#bytes.length * 8;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** @param count up to 32 */
  bits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; ) {
      const used = this.#position & 7;
      const taken = Math.min(left, 8 - used);
      const byte = this.#bytes[this.#position >>> 3] ?? 0;
      value = value * 2 ** taken + ((byte >>> (8 - used - taken)) & (2 ** taken - 1));
      this.#position += taken;
      left -= taken;
    }
    return value;
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** Exp-Golomb, unsigned: ue(v) of H.264, 9.1, which is uvlc() of AV1, 4.10.3. */
  unsignedGolomb(): number {
    let zeros = 0;
    while (zeros < 32 && !this.isPastEnd && !this.flag()) zeros++;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Exp-Golomb, signed: se(v) of H.264, 9.1.1. */
  signedGolomb(): number {
    const code = this.unsignedGolomb();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
