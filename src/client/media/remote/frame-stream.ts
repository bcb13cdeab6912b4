/**
 * Frames to be read with `for await`, bounded: a reader that is too slow loses the oldest, and with video everything up to the next key
 * frame, for it could not be decoded.
 */
import { onAbort } from '../../../base/on-abort.ts';
import type { RemoteFrame } from '../track-types.ts';

export interface FrameStreamOptions {
  /** Unread frames that are kept. */
  limit: number;
  /** Bytes of them. */
  sizeLimit: number;
  /** It begins with a key frame, and goes on with one after a loss. */
  needsKeyFrames: boolean;
  /** Ends the stream when it is aborted. */
  signal?: AbortSignal | undefined;
  keyFrameNeeded(): void;
  closed(stream: FrameStream): void;
}

export class FrameStream implements AsyncIterableIterator<RemoteFrame>, AsyncDisposable {
  readonly #options: FrameStreamOptions;
  readonly #buffer: RemoteFrame[] = [];
  readonly #waiting: ((result: IteratorResult<RemoteFrame, undefined>) => void)[] = [];
  #size = 0;
  #awaitsKeyFrame: boolean;
  #isClosed = false;
  #offAbort = (): void => {};
  /** Frames that were lost because the reader was too slow. */
  dropped = 0;

  /** Made by the track, not by users. */
  constructor(options: FrameStreamOptions) {
    this.#options = options;
    this.#awaitsKeyFrame = options.needsKeyFrames;
    this.#offAbort = onAbort(options.signal, () => this.close());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Called by the track. */
  push(frame: RemoteFrame): void {
    if (this.#isClosed || (this.#awaitsKeyFrame && !frame.keyFrame)) return;
    this.#awaitsKeyFrame = false;
    const reader = this.#waiting.shift();
    if (reader) return reader({ value: frame, done: false });
    this.#buffer.push(frame);
    this.#size += frame.data.length;
    if (this.#isFull) this.#drop();
    return undefined;
  }

  /** A frame before the next one is missing. Called by the track. */
  interrupt(): void {
    this.#awaitsKeyFrame = this.#options.needsKeyFrames;
  }

  /** Ends the stream; what is unread can still be read. Called by the track. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const reader of this.#waiting.splice(0)) reader({ value: undefined, done: true });
    this.#offAbort();
    this.#options.closed(this);
  }

  next(): Promise<IteratorResult<RemoteFrame, undefined>> {
    const frame = this.#take();
    if (frame) return Promise.resolve({ value: frame, done: false });
    if (this.#isClosed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<RemoteFrame, undefined>> {
    this.#buffer.length = 0;
    this.#size = 0;
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  get #isFull(): boolean {
    return this.#buffer.length > this.#options.limit || this.#size > this.#options.sizeLimit;
  }

  #drop(): void {
    do {
      this.#take();
      this.dropped += 1;
    } while (this.#isFull || !this.#canBeginWith(this.#buffer[0]));
    if (this.#buffer.length > 0 || !this.#options.needsKeyFrames) return;
    this.#awaitsKeyFrame = true;
    this.#options.keyFrameNeeded();
  }

  #canBeginWith(frame: RemoteFrame | undefined): boolean {
    return frame === undefined || frame.keyFrame || !this.#options.needsKeyFrames;
  }

  #take(): RemoteFrame | undefined {
    const frame = this.#buffer.shift();
    if (frame) this.#size -= frame.data.length;
    return frame;
  }
}
