/** Bytes that come once, one after the other. A beginning of them is kept, so that whoever has looked what it is can still pass it on whole. */
import { JitsiError } from '../../base/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { closedError, notRepeatable, originError, unreadable } from './origin-error.ts';

/** Bytes of the beginning that are kept, and the rest of the piece in which they end. */
const headLimit = 1024 * 1024;
/** Empty pieces one after the other, which are passed over. */
const mostEmpty = 10_000;

export class StreamSource implements ByteSource {
  readonly name: string;
  readonly size: undefined = undefined;
  readonly isSeekable = false;
  readonly isNear = false;
  readonly #stream: AsyncIterable<Uint8Array>;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  /** Undefined: too much has been read. */
  #head: Uint8Array[] | undefined = [];
  #headSize = 0;
  #isClosed = false;
  /** Is being asked for. */
  #pending: Promise<Uint8Array | undefined> | undefined;
  /** Who reads now. */
  #reader: object | undefined;

  constructor(stream: AsyncIterable<Uint8Array>, name = 'the stream') {
    this.#stream = stream;
    this.name = name;
  }

  /** Its beginning is still there. */
  get isRepeatable(): boolean {
    return this.#head !== undefined;
  }

  read(): Promise<Uint8Array> {
    return Promise.reject(
      originError(this.name, 'media-not-seekable', 'it comes as a stream, in one order only'),
    );
  }

  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    if (!this.#head) throw notRepeatable(this.name);
    const reader = {};
    this.#reader = reader;
    for (let index = 0; this.#reader === reader; index += 1) {
      // What the reader before has asked for comes first.
      if (this.#pending && this.#head?.[index] === undefined) await this.#pending.catch(() => {});
      const bytes = this.#head?.[index] ?? (await this.#next());
      if (!bytes) return;
      yield bytes;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#head = undefined;
    // A generator that waits ends when it gets what it waits for; a stream of Node's at once.
    if ('destroy' in this.#stream && typeof this.#stream.destroy === 'function') this.#stream.destroy();
    this.#iterator?.return?.()?.catch(() => {});
  }

  async #next(): Promise<Uint8Array | undefined> {
    this.#pending = this.#take();
    try {
      return await this.#pending;
    } finally {
      this.#pending = undefined;
    }
  }

  async #take(): Promise<Uint8Array | undefined> {
    if (this.#isClosed) throw closedError(this.name);
    this.#iterator ??= this.#stream[Symbol.asyncIterator]();
    let result: IteratorResult<unknown>;
    try {
      result = await this.#nextPiece(this.#iterator);
    } catch (error) {
      if (this.#isClosed) throw closedError(this.name);
      throw error instanceof JitsiError ? error : unreadable(this.name, error);
    }
    if (this.#isClosed) throw closedError(this.name);
    if (result.done === true) return undefined;
    // Programs without types, and streams with an encoding, give anything.
    if (!(result.value instanceof Uint8Array))
      throw originError(
        this.name,
        'media-origin-invalid',
        `it gives ${typeof result.value}s; bytes are expected`,
      );
    this.#keep(result.value);
    return result.value;
  }

  /** That is not empty: whoever reads waits for bytes. */
  async #nextPiece(iterator: AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
    for (let empty = 0; empty < mostEmpty; empty += 1) {
      const result = await iterator.next();
      if (result.done === true || !(result.value instanceof Uint8Array) || result.value.length > 0)
        return result;
    }
    throw originError(this.name, 'media-unreadable', 'it gives nothing but empty pieces');
  }

  /** The piece that goes beyond the limit too: whoever looks what it is may have asked for it. */
  #keep(bytes: Uint8Array): void {
    if (this.#headSize > headLimit) this.#head = undefined;
    this.#headSize += bytes.length;
    this.#head?.push(bytes);
  }
}
