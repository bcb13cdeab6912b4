/** Frames as samples, decoded as they are read: what nobody reads costs nothing. */
import type { Clock } from '../../base/clock.ts';
import type { OpusDecoder } from '../opus/types.ts';
import type { PcmBlock } from '../sound/pcm-block.ts';
import { PunctualTimer } from './punctual-timer.ts';
import { patience, type SoundFrames } from './sound-frame.ts';
import { type Gaps, SoundLine } from './sound-line.ts';
import { SoundStream, type SoundStreamOptions } from './sound-stream.ts';

export interface PcmStreamOptions extends SoundStreamOptions {
  /** `encrypted`: some are left out. */
  frames: SoundFrames & { readonly encrypted?: boolean };
  gaps: Gaps;
  /** While no frame comes there is silence by this clock; undefined: it is known only from the next frame. */
  clock?: Clock | undefined;
}

/** ms of a piece of silence */
const shortest = 20;

/** Sound of one track, to be read with `for await`. */
export class PcmStream extends SoundStream {
  readonly #options: PcmStreamOptions;
  readonly #timer: PunctualTimer | undefined;
  #line: SoundLine | undefined;
  #decoder: OpusDecoder | undefined;
  /** ms */
  #beganAt = 0;
  #isAsking = false;
  /** There are no more frames. */
  #isOver = false;

  /** Made by `pcm` and `utterances`, not by users. */
  constructor(options: PcmStreamOptions) {
    super(options);
    const { clock } = options;
    this.#options = options;
    this.#timer = clock && new PunctualTimer(clock, () => this.#fill(clock));
    this.begin();
  }

  /** Packets that were lost because they were not read in time. */
  get dropped(): number {
    return this.#options.frames.dropped;
  }

  /** Something of it was end-to-end encrypted, and silence here; it stays true. */
  get encrypted(): boolean {
    return this.#options.frames.encrypted ?? false;
  }

  protected take(): PcmBlock | undefined {
    return this.#line?.next();
  }

  /** For what comes next: a decoder, a frame, or a time without one. */
  protected wait(): void {
    if (this.#isOver) return this.finish();
    if (this.#line) this.#setTimer(this.#line);
    if (this.#isAsking) return undefined;
    this.#isAsking = true;
    const asked = this.#line ? this.#nextFrame(this.#line) : this.#begin();
    asked.then(
      () => {
        this.#isAsking = false;
        return this.serve();
      },
      (error: unknown) => this.fail(error),
    );
    return undefined;
  }

  protected rest(): void {
    this.#timer?.rest();
  }

  protected ended(): void {
    this.#timer?.cancel();
    void this.#options.frames.return?.();
    this.#decoder?.close();
  }

  async #begin(): Promise<void> {
    const { channels, clock, createDecoder, gaps } = this.#options;
    this.#beganAt = clock?.now() ?? 0;
    const sampleRate = this.decodedRate;
    const decoder = await createDecoder({ sampleRate, channels });
    if (this.isClosed) return decoder.close();
    this.#decoder = decoder;
    this.#line = new SoundLine(decoder, { sampleRate, channels, gaps });
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
    this.serve();
  }
}
