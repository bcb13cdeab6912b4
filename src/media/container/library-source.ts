/** A source as the library reads it, within bounds: whatever a file says of itself, no read is larger than a frame can be, and the work for one frame ends. */
import { ReadableStream } from 'node:stream/web';
import type { Source } from 'mediabunny';
import type { ByteSource } from '../origin/byte-source.ts';
import { mediabunny } from './library.ts';
import { containerError } from './media-error.ts';
import { Mp4Guard } from './mp4-guard.ts';

/** bytes of one read: frames are far smaller, and so are the tables of a film of some hours */
const largestRead = 32 * 1024 * 1024;
/** bytes that may be read for one frame, or for the beginning, beyond all there are */
const mostWork = 64 * 1024 * 1024;
/** The library's own reads for one frame, of what it has in its cache too, beyond one for every so many bytes: where it looks for a way on, it may look for ever. */
const mostCalls = 200_000;
const bytesPerCall = 64;
/** Reads after which others have their turn. */
const callsAtOnce = 1_000;
/** bytes that the library keeps of what it has read */
const cacheSize = 1024 * 1024;
/** The same of a stream, in which nobody can go back: sound and pictures are not written quite in the order of their times. */
const streamCacheSize = 8 * 1024 * 1024;

export class LibrarySource {
  readonly #source: ByteSource;
  readonly #guard: Mp4Guard | undefined;
  #work = 0;
  #calls = 0;
  /** What reading has ended with; the library may have words of its own for it. */
  failure: unknown;

  constructor(source: ByteSource, isMp4: boolean) {
    this.#source = source;
    this.#guard = isMp4 ? new Mp4Guard(source.name) : undefined;
  }

  /** A frame was had: the next may take as much work again. */
  progress(): void {
    this.#work = 0;
    this.#calls = 0;
    this.#guard?.progress();
  }

  open(): Source {
    const source = this.#open() as Source & CountedSource;
    const read = source._read.bind(source);
    // Not for others, says the library, but there is no other place where its reads can be counted; the version is pinned, and a test fails without it.
    source._read = (...range) => {
      this.#count();
      const result = this.#taken(range, read(...range));
      return this.#calls % callsAtOnce === 0 ? later(result) : result;
    };
    return source;
  }

  #open(): Source {
    const { CustomSource, ReadableStreamSource } = mediabunny();
    const source = this.#source;
    const handleUnhandledError = (error: unknown): void => {
      this.failure ??= error;
    };
    if (source.isSeekable) {
      return new CustomSource({
        getSize: () => source.size ?? 0,
        read: (start, end) => this.#read(start, end),
        maxCacheSize: cacheSize,
        prefetchProfile: source.isNear ? 'fileSystem' : 'none',
        handleUnhandledError,
      });
    }
    const iterator = source.bytes()[Symbol.asyncIterator]();
    let position = 0;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            const { done, value } = await iterator.next();
            if (done === true) return controller.close();
            this.#check(position, value);
            position += value.length;
            return controller.enqueue(value);
          } catch (error) {
            this.failure ??= error;
            return controller.error(error);
          }
        },
        cancel: async () => {
          await iterator.return?.();
        },
      },
      { highWaterMark: 0 },
    );
    const options = { maxCacheSize: streamCacheSize, handleUnhandledError };
    return new ReadableStreamSource(stream, options);
  }

  #count(): void {
    this.#calls += 1;
    if (this.#calls <= mostCalls + (this.#source.size ?? 0) / bytesPerCall) return;
    const error = containerError(this.#source.name, 'container-damaged', 'no way on is found in it');
    this.failure ??= error;
    throw error;
  }

  /** What the library is given is looked at: it says itself which fragment it reads next. */
  #taken([start = 0, end = 0]: readonly number[], result: MaybePromise): MaybePromise {
    if (!this.#guard || !result) return result;
    if ('then' in result) return result.then((read) => this.#taken([start, end], read) as Read | null);
    try {
      this.#guard.lookAtTaken(result.bytes.subarray(start - result.offset, end - result.offset));
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
    return result;
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    try {
      if (end - start > largestRead)
        throw containerError(
          this.#source.name,
          'container-too-costly',
          `${end - start} bytes of it are to be read at once`,
        );
      const overlap = this.#guard?.overlapAt(start) ?? 0;
      const bytes = await this.#source.read(start - overlap, end);
      this.#check(start - overlap, bytes);
      return bytes.subarray(overlap);
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }

  #check(position: number, bytes: Uint8Array): void {
    this.#work += bytes.length;
    if (this.#work > mostWork + 2 * (this.#source.size ?? 0))
      throw containerError(this.#source.name, 'container-too-costly', 'no frame is found in it');
    this.#guard?.look(position, bytes);
  }
}

/** As much of the library's source as is counted. */
interface CountedSource {
  _read(...range: number[]): MaybePromise;
}

interface Read {
  bytes: Uint8Array;
  /** Of the first of the bytes in the file. */
  offset: number;
}

type MaybePromise = Read | null | Promise<Read | null>;

function later(result: MaybePromise): Promise<Read | null> {
  return new Promise((resolve) => {
    setImmediate(() => resolve(result));
  });
}
