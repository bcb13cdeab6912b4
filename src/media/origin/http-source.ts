/** What a web server has: as a stream, or any part of it where the server hands out parts (RFC 9110, 14). */
import { ConnectionError } from '../../base/errors.ts';
import { type HttpStream, type HttpStreamOptions, httpStream } from '../../net/http-stream.ts';
import { withoutSecrets } from '../../net/network-error.ts';
import { type ByteSource, pieceSize } from './byte-source.ts';
import { closedError, originError } from './origin-error.ts';
import { StreamSource } from './stream-source.ts';

/** Bytes that are read and not used, where a part begins a little later: less than asking again costs. */
const shortWay = 256 * 1024;
/** Of its own: some servers refuse those who say nothing. */
const accepted = { accept: '*/*', 'user-agent': 'jitsi-headless', 'accept-encoding': 'identity' };

export interface HttpSourceOptions extends Omit<HttpStreamOptions, 'headers' | 'signal'> {
  /** Bytes that it may have. */
  sizeLimit: number;
  signal: AbortSignal | undefined;
}

/** @throws ConnectionError, UsageError `media-too-large`; or the signal's reason */
export async function openHttp(options: HttpSourceOptions): Promise<ByteSource> {
  const source = new HttpSource(options);
  await source.open();
  return source;
}

/** One connection, and where it is. */
interface Reading {
  stream: HttpStream;
  body: AsyncGenerator<Uint8Array, void, undefined>;
  position: number;
  /** Read, and not handed out. */
  rest: Uint8Array;
}

class HttpSource implements ByteSource {
  readonly isNear = false;
  readonly name: string;
  readonly #options: HttpSourceOptions;
  readonly #stop = new AbortController();
  #size: number | undefined;
  #isSeekable = false;
  #reading: Reading | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** The first bytes, which are looked at more than once. */
  #head: Uint8Array = new Uint8Array(0);
  /** Of what is read in one order only. */
  #stream: StreamSource | undefined;

  constructor(options: HttpSourceOptions) {
    this.#options = options;
    this.name = withoutSecrets(options.url);
  }

  get size(): number | undefined {
    return this.#size;
  }

  get isSeekable(): boolean {
    return this.#isSeekable;
  }

  async open(): Promise<void> {
    this.#reading = await this.#ask(0);
    const { headers, status } = this.#reading.stream;
    const total = Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? headers['content-length']);
    this.#size = Number.isSafeInteger(total) ? total : undefined;
    this.#isSeekable = status === 206 && this.#size !== undefined;
    if (this.#size === undefined || this.#size <= this.#options.sizeLimit) return;
    this.close();
    throw this.#tooLarge();
  }

  read(start: number, end: number): Promise<Uint8Array> {
    // One connection is read by one at a time.
    const done = this.#last.then(() => this.#read(start, end));
    this.#last = done.catch(() => {});
    return done;
  }

  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    const { isSeekable, size = 0 } = this;
    if (!isSeekable) {
      if (this.#stream?.isRepeatable !== true) this.#stream = await this.#streamAgain();
      yield* this.#stream.bytes();
      return;
    }
    for (let start = 0; start < size; start += pieceSize)
      yield await this.read(start, Math.min(size, start + pieceSize));
  }

  close(): void {
    this.#stream?.close();
    this.#reading?.stream.close();
    this.#stop.abort(closedError(this.name));
  }

  async #streamAgain(): Promise<StreamSource> {
    const reading = this.#reading ?? (await this.#ask(0));
    this.#reading = undefined;
    return new StreamSource(this.#whole(reading), this.name);
  }

  async *#whole({ body }: Reading): AsyncGenerator<Uint8Array, void, undefined> {
    let count = 0;
    for await (const bytes of body) {
      count += bytes.length;
      if (count > this.#options.sizeLimit) throw this.#tooLarge();
      yield bytes;
    }
    if (this.#size !== undefined && count < this.#size) throw this.#cutShort();
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    const known = this.#head.subarray(start, end);
    if (known.length === end - start) return known.slice();
    const bytes = new Uint8Array(end - start);
    bytes.set(known);
    let isAgain = false;
    for (let done = known.length; done < bytes.length; ) {
      try {
        const reading = await this.#readingAt(start + done);
        const piece = await this.#take(reading, bytes.length - done);
        bytes.set(piece, done);
        done += piece.length;
      } catch (error) {
        if (isAgain || !this.#isBroken(error)) throw error;
        isAgain = true;
        this.#reading?.stream.close();
        this.#reading = undefined;
      }
    }
    return bytes;
  }

  /** What was being read broke off, and may be asked for again. */
  #isBroken(error: unknown): boolean {
    const isOver = this.#stop.signal.aborted || this.#options.signal?.aborted === true;
    return !isOver && this.#reading !== undefined && error instanceof ConnectionError && error.retryable;
  }

  async #readingAt(start: number): Promise<Reading> {
    const old = this.#reading;
    const way = start - (old?.position ?? Infinity);
    if (old && way >= 0 && way <= shortWay) {
      while (old.position < start) await this.#take(old, start - old.position);
      return old;
    }
    old?.stream.close();
    this.#reading = undefined;
    const reading = await this.#ask(start);
    if (start > 0 && reading.stream.status !== 206) {
      reading.stream.close();
      throw new ConnectionError(`fetching ${this.name}: it no longer hands out parts`, {
        code: 'http-range',
      });
    }
    this.#reading = reading;
    return reading;
  }

  /** At least a byte. */
  async #take(reading: Reading, most: number): Promise<Uint8Array> {
    while (reading.rest.length === 0) {
      const { done, value } = await reading.body.next();
      if (done === true) throw this.#cutShort();
      reading.rest = value;
    }
    const piece = reading.rest.subarray(0, most);
    reading.rest = reading.rest.subarray(piece.length);
    if (reading.position === this.#head.length && this.#head.length < pieceSize)
      this.#head = new Uint8Array(Buffer.concat([this.#head, piece]));
    reading.position += piece.length;
    return piece;
  }

  async #ask(start: number): Promise<Reading> {
    const { signal } = this.#options;
    const either = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    const headers = { ...accepted, range: `bytes=${start}-` };
    const stream = await httpStream({ ...this.#options, headers, signal: either });
    const { status } = stream;
    if (status !== 200 && status !== 206) {
      stream.close();
      throw new ConnectionError(`fetching ${this.name}: the server answered with status ${status}`, {
        code: 'http-status',
        retryable: status >= 500 || status === 429,
      });
    }
    return { stream, body: stream.body(), position: start, rest: new Uint8Array(0) };
  }

  #cutShort(): ConnectionError {
    return new ConnectionError(`fetching ${this.name}: the server broke off before the end`, {
      code: 'connection-lost',
      retryable: true,
    });
  }

  #tooLarge(): Error {
    const mebibytes = Math.round(this.#options.sizeLimit / 1024 / 1024);
    return originError(
      this.name,
      'media-too-large',
      `it has more than ${mebibytes} MiB; the option sizeLimit allows more`,
    );
  }
}
