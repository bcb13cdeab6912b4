/** Sound that is read block by block, made when it is asked for: what hearing one, and hearing all, have in common. */
import { onAbort } from '../../base/on-abort.ts';
import { type Resolvers, withResolvers } from '../../base/resolvers.ts';
import { opusRateFor } from '../opus/options.ts';
import type { OpusDecoder, OpusDecoderOptions, OpusSampleRate } from '../opus/types.ts';
import { BlockResampler } from '../sound/block-resampler.ts';
import type { PcmBlock } from '../sound/pcm-block.ts';
import type { SoundFormat } from './sound-options.ts';

/** What is heard, and by what. */
export interface SoundStreamOptions extends SoundFormat {
  createDecoder(options: OpusDecoderOptions): Promise<OpusDecoder>;
  signal?: AbortSignal | undefined;
}

type Result = IteratorResult<PcmBlock, undefined>;

/** Sound to be read with `for await`. */
export abstract class SoundStream implements AsyncIterableIterator<PcmBlock>, AsyncDisposable {
  /** Hz of what is decoded; what comes out may have another rate. */
  protected readonly decodedRate: OpusSampleRate;
  readonly #options: SoundStreamOptions;
  readonly #waiting: Resolvers<Result>[] = [];
  /** Made, and not asked for. */
  readonly #ready: PcmBlock[] = [];
  #resampler: BlockResampler | undefined;
  #isLoading = false;
  #failure: { error: unknown } | undefined;
  #isClosed = false;
  #offAbort = (): void => {};

  constructor(options: SoundStreamOptions) {
    this.#options = options;
    this.decodedRate = opusRateFor(options.sampleRate);
  }

  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Rejects once when there is no decoder. */
  next(): Promise<Result> {
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    if (this.#isClosed) return Promise.resolve(done);
    const waiting = withResolvers<Result>();
    this.#waiting.push(waiting);
    this.serve();
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
    this.#resampler?.close();
    this.ended();
    const [first, ...others] = this.#waiting.splice(0);
    if (first && this.#failure) {
      first.reject(this.#failure.error);
      this.#failure = undefined;
    } else first?.resolve(done);
    for (const { resolve } of others) resolve(done);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** To be called when it is made: it may end at once. */
  protected begin(): void {
    this.#offAbort = onAbort(this.#options.signal, () => this.close());
  }

  /** The next block as it is decoded, if there is one by now. */
  protected abstract take(): PcmBlock | undefined;
  /** Somebody waits for more than there is: `serve`, `finish` or `fail` is called when that changes. */
  protected abstract wait(): void;
  /** Nobody waits any more. */
  protected abstract rest(): void;
  /** Frees what it holds. Called once. */
  protected abstract ended(): void;

  /** Gives those who wait what there is. */
  protected serve(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      if (this.#isWithoutResampler()) return;
      const block = this.#next();
      if (!block) return this.wait();
      this.#waiting.shift()?.resolve({ value: block, done: false });
    }
    return this.rest();
  }

  /** Nothing more comes: it ends when all that there is was read. */
  protected finish(): void {
    this.#ready.push(...(this.#resampler?.end() ?? []));
    if (this.#ready.length === 0) this.close();
    else this.serve();
  }

  /** It cannot go on. */
  protected fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#failure = { error };
    this.close();
  }

  #next(): PcmBlock | undefined {
    for (;;) {
      const ready = this.#ready.shift();
      if (ready) return ready;
      const block = this.take();
      if (!block || !this.#resampler) return block;
      this.#ready.push(...this.#resampler.take(block));
    }
  }

  /** @returns whether one has to be loaded first */
  #isWithoutResampler(): boolean {
    const { channels, sampleRate } = this.#options;
    if (this.#resampler || sampleRate === this.decodedRate) return false;
    if (this.#isLoading) return true;
    this.#isLoading = true;
    BlockResampler.create(this.decodedRate, sampleRate, channels).then(
      (resampler) => {
        if (this.#isClosed) return resampler.close();
        this.#resampler = resampler;
        return this.serve();
      },
      (error: unknown) => this.fail(error),
    );
    return true;
  }
}

const done: IteratorReturnResult<undefined> = { value: undefined, done: true };
