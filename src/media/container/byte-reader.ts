/** A source read from front to back, in pieces of any length. */
import type { ByteSource } from '../origin/byte-source.ts';
import { pieceSize } from '../origin/byte-source.ts';

export class ByteReader {
  readonly #source: ByteSource;
  #stream: AsyncIterator<Uint8Array> | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  /** Of the first byte in `#rest`. */
  #position = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get position(): number {
    return this.#position;
  }

  /** Of what can be sought in. */
  goTo(position: number): void {
    this.#rest = new Uint8Array(0);
    this.#position = position;
  }

  /** So many bytes, or those that are left. They stay where they are. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#rest.length >= length) return this.#rest.subarray(0, length);
    const pieces = [this.#rest];
    let size = this.#rest.length;
    while (size < length) {
      const piece = await this.#more(this.#position + size, length - size);
      if (!piece) break;
      pieces.push(piece);
      size += piece.length;
    }
    this.#rest = pieces.length === 1 ? this.#rest : new Uint8Array(Buffer.concat(pieces, size));
    return this.#rest.subarray(0, length);
  }

  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    this.#rest = this.#rest.subarray(bytes.length);
    this.#position += bytes.length;
    return bytes;
  }

  async #more(position: number, wanted: number): Promise<Uint8Array | undefined> {
    const { isSeekable, size = 0 } = this.#source;
    if (isSeekable) {
      const end = Math.min(size, position + Math.max(wanted, pieceSize));
      return position >= end ? undefined : this.#source.read(position, end);
    }
    this.#stream ??= this.#source.bytes()[Symbol.asyncIterator]();
    const { done, value } = await this.#stream.next();
    return done === true ? undefined : value;
  }
}
