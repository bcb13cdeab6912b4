/** Frames as samples, decoded as they are read: what nobody reads costs nothing. */
import type { Clock } from '../../base/clock.ts';
import { onAbort } from '../../base/on-abort.ts';
import { type Resolvers, withResolvers } from '../../base/resolvers.ts';
import type { OpusDecoder } from '../opus/types.ts';
import type { PcmBlock } from '../sound/pcm-block.ts';
import { PunctualTimer } from './punctual-timer.ts';
import { patience, type SoundFrames } from './sound-frame.ts';
import { SoundLine, type SoundLineOptions } from './sound-line.ts';

export interface PcmStreamOptions extends SoundLineOptions {
  frames: SoundFrames;
  createDecoder(): Promise<OpusDecoder>;
  /** While no frame comes there is silence by this clock; undefined: it is known only from the next frame. */
  clock?: Clock | undefined;
  signal?: AbortSignal | undefined;
  /** It has ended, whoever did it. */
  closed?: () => void;
}

type Result = IteratorResult<PcmBlock, undefined>;

/** ms of a piece of silence */
const shortest = 20;

/** Sound to be read with `for await`. */
export class PcmStream implements AsyncIterableIterator<PcmBlock>, AsyncDisposable {
  readonly #options: PcmStreamOptions;
  readonly #waiting: Resolvers<Result>[] = [];
  readonly #timer: PunctualTimer | undefined;
  #offAbort = (): void => {};
  #line: SoundLine | undefined;
  #decoder: OpusDecoder | undefined;
  /** ms */
  #beganAt = 0;
  #isAsking = false;
  /** There are no more frames. */
  #isOver = false;
  #isClosed = false;

  /** Made by `pcm` and `utterances`, not by users. */
  constructor(options: PcmStreamOptions) {
    const { clock, signal } = options;
    this.#options = options;
    this.#timer = clock && new PunctualTimer(clock, () => this.#fill(clock));
    this.#offAbort = onAbort(signal, () => this.close());
  }

  /** Packets that were lost because they were not read in time. */
  get dropped(): number {
    return this.#options.frames.dropped;
  }

  /** Rejects when there is no decoder. */
  next(): Promise<Result> {
    if (this.#isClosed) return Promise.resolve(done);
    const waiting = withResolvers<Result>();
    this.#waiting.push(waiting);
    this.#serve();
    return waiting.promise;
  }

  return(): Promise<Result> {
    this.close();
    return Promise.resolve(done);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends it at once: what is unread is gone. May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#offAbort();
    this.#timer?.cancel();
    void this.#options.frames.return?.();
    this.#decoder?.close();
    for (const { resolve } of this.#waiting.splice(0)) resolve(done);
    this.#options.closed?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const block = this.#line?.next();
      if (block) this.#waiting.shift()?.resolve({ value: block, done: false });
      else if (this.#isOver) return this.close();
      else return this.#ask();
    }
    return this.#timer?.cancel();
  }

  /** For what comes next: a decoder, a frame, or a time without one. */
  #ask(): void {
    if (this.#line) this.#setTimer(this.#line);
    if (this.#isAsking) return;
    this.#isAsking = true;
    const asked = this.#line ? this.#nextFrame(this.#line) : this.#begin();
    asked.then(
      () => {
        this.#isAsking = false;
        return this.#serve();
      },
      (error: unknown) => {
        const [first] = this.#waiting.splice(0, 1);
        first?.reject(error);
        this.close();
      },
    );
  }

  async #begin(): Promise<void> {
    this.#beganAt = this.#options.clock?.now() ?? 0;
    const decoder = await this.#options.createDecoder();
    if (this.#isClosed) return decoder.close();
    this.#decoder = decoder;
    this.#line = new SoundLine(decoder, this.#options);
    return undefined;
  }

  async #nextFrame(line: SoundLine): Promise<void> {
    const { done: isOver, value } = await this.#options.frames.next();
    if (isOver === true) this.#isOver = true;
    else line.push(value);
  }

  /** For when the line ends too early for what may still come. */
  #setTimer({ end = this.#beganAt, isMarked }: SoundLine): void {
    if (!isMarked) this.#timer?.at(end + patience + shortest);
  }

  /** In whole pieces. */
  #fill(clock: Clock): void {
    const line = this.#line;
    if (line?.end === undefined) line?.fill(this.#beganAt);
    const { end = 0 } = line ?? {};
    const missing = clock.now() - patience - end;
    line?.fill(end + Math.floor(missing / shortest) * shortest);
    this.#serve();
  }
}

const done: IteratorReturnResult<undefined> = { value: undefined, done: true };
