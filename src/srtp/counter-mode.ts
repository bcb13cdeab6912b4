/**
 * AES in counter mode as SRTP counts (RFC 3711, 4.1.1): the blocks of a packet are numbered in one buffer, encrypted in one call of a cipher
 * that lives as long as its key, and XORed into the packet, a word at a time.
 */
import { readUint16, readUint32, writeUint32 } from '../rtp/bytes.ts';

const blockLength = 16;
/** Enough for a datagram on any usual network. */
const usualBlocks = 96;

export class CounterMode {
  readonly #encrypt: (blocks: Uint8Array) => Uint8Array;
  readonly #salt: readonly [number, number, number, number];
  #blocks = new Uint8Array(usualBlocks * blockLength);
  /** What all blocks of the last packet began with. */
  #ssrc = -1;
  #high = -1;

  /** @param salt 14 bytes */
  constructor(encrypt: (blocks: Uint8Array) => Uint8Array, salt: Uint8Array) {
    this.#encrypt = encrypt;
    this.#salt = [readUint32(salt, 0), readUint32(salt, 4), readUint32(salt, 8), readUint16(salt, 12)];
  }

  /**
   * Encrypts or decrypts in place, from `start` to the end.
   * @param high the upper 32 of the packet index' 48 bits
   * @param low its lower 16 bits
   */
  apply(bytes: Uint8Array, start: number, end: number, ssrc: number, high: number, low: number): void {
    const length = end - start;
    if (length <= 0) return;
    const count = Math.ceil(length / blockLength);
    this.#number(count, ssrc, high, low);
    const stream = this.#encrypt(this.#blocks.subarray(0, count * blockLength));
    const words = isAligned(bytes.byteOffset + start) && isAligned(stream.byteOffset) ? length >>> 2 : 0;
    if (words > 0) xorWords(bytes, start, stream, words);
    for (let at = words * 4; at < length; at++)
      bytes[start + at] = (bytes[start + at] ?? 0) ^ (stream[at] ?? 0);
  }

  #number(count: number, ssrc: number, high: number, low: number): void {
    const [salt0, salt1, salt2, salt3] = this.#salt;
    const isLonger = count * blockLength > this.#blocks.length;
    if (isLonger) this.#blocks = new Uint8Array(count * blockLength);
    const blocks = this.#blocks;
    if (isLonger || ssrc !== this.#ssrc || high !== this.#high) {
      writeUint32(blocks, 0, salt0);
      writeUint32(blocks, 4, salt1 ^ ssrc);
      writeUint32(blocks, 8, salt2 ^ high);
      for (let filled = blockLength; filled < blocks.length; filled *= 2)
        blocks.copyWithin(filled, 0, filled);
      this.#ssrc = ssrc;
      this.#high = high;
    }
    const [upper, lower] = [(salt3 ^ low) >>> 8, (salt3 ^ low) & 0xff];
    for (let block = 0, at = 12; block < count; block++, at += blockLength) {
      blocks[at] = upper;
      blocks[at + 1] = lower;
      blocks[at + 2] = block >>> 8;
      blocks[at + 3] = block;
    }
  }
}

function isAligned(offset: number): boolean {
  return (offset & 3) === 0;
}

function xorWords(bytes: Uint8Array, start: number, stream: Uint8Array, words: number): void {
  const target = new Uint32Array(bytes.buffer, bytes.byteOffset + start, words);
  const source = new Uint32Array(stream.buffer, stream.byteOffset, words);
  for (let index = 0; index < words; index++) target[index] = (target[index] ?? 0) ^ (source[index] ?? 0);
}
