/** HMAC-SHA1 (RFC 2104) as two plain hashes over buffers in which the key stands already. */
import { writeUint32 } from '../rtp/bytes.ts';

const blockLength = 64;
const hashLength = 20;
/** RFC 3711, 4.2.1: the tag is the beginning of it. */
export const hmacTagLength = 10;

export class HmacSha1 {
  readonly #sha1: (bytes: Uint8Array) => string;
  #inner: Uint8Array;
  readonly #outer: Uint8Array;

  /** @param key not longer than 64 bytes */
  constructor(sha1: (bytes: Uint8Array) => string, key: Uint8Array) {
    this.#sha1 = sha1;
    this.#inner = new Uint8Array(2048);
    this.#outer = new Uint8Array(blockLength + hashLength);
    for (let index = 0; index < blockLength; index++) {
      this.#inner[index] = (key[index] ?? 0) ^ 0x36;
      this.#outer[index] = (key[index] ?? 0) ^ 0x5c;
    }
  }

  /** Writes the tag of `bytes` up to `length`, followed by `suffix` if there is one, behind `length`. */
  sign(bytes: Uint8Array, length: number, suffix?: number): void {
    const tag = this.#hash(bytes, length, suffix);
    for (let index = 0; index < hmacTagLength; index++) bytes[length + index] = tag.charCodeAt(index);
  }

  /** Whether the tag is there, in a time that does not depend on how much of it is. */
  verify(bytes: Uint8Array, length: number, suffix?: number): boolean {
    const tag = this.#hash(bytes, length, suffix);
    let difference = 0;
    for (let index = 0; index < hmacTagLength; index++)
      difference |= tag.charCodeAt(index) ^ (bytes[length + index] ?? 0);
    return difference === 0;
  }

  #hash(bytes: Uint8Array, length: number, suffix: number | undefined): string {
    const end = blockLength + length + (suffix === undefined ? 0 : 4);
    if (end > this.#inner.length) {
      const longer = new Uint8Array(end);
      longer.set(this.#inner.subarray(0, blockLength));
      this.#inner = longer;
    }
    const inner = this.#inner;
    inner.set(length === bytes.length ? bytes : bytes.subarray(0, length), blockLength);
    if (suffix !== undefined) writeUint32(inner, blockLength + length, suffix);
    const hash = this.#sha1(inner.subarray(0, end));
    const outer = this.#outer;
    for (let index = 0; index < hashLength; index++) outer[blockLength + index] = hash.charCodeAt(index);
    return this.#sha1(outer);
  }
}
