/** Bytes that are in memory already. */
import type { ByteSource } from './byte-source.ts';
import { pieceSize } from './byte-source.ts';
import { closedError } from './origin-error.ts';

export class MemorySource implements ByteSource {
  readonly name = 'the bytes';
  readonly isSeekable = true;
  readonly isNear = true;
  readonly #bytes: Uint8Array;
  #isClosed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  // Not at once: whoever reads much of it lets others have their turn.
  read(start: number, end: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        if (this.#isClosed) reject(closedError(this.name));
        else resolve(this.#bytes.slice(start, end));
      });
    });
  }

  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let start = 0; start < this.size; start += pieceSize)
      yield await this.read(start, Math.min(this.size, start + pieceSize));
  }

  close(): void {
    this.#isClosed = true;
  }
}
