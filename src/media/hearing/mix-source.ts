/** One track in a mix: its frames until they are due, its decoder while it is heard, and its samples on the grid. */
import type { Milliseconds } from '../../base/clock.ts';
import type { OpusDecoder } from '../opus/types.ts';
import { endOf, type PcmBlock } from '../sound/pcm-block.ts';
import { ArrivalOffset } from './arrival-offset.ts';
import { durationOf, type SoundFrame } from './sound-frame.ts';
import { SoundLine } from './sound-line.ts';

export interface MixSourceOptions {
  sampleRate: number;
  channels: 1 | 2;
  createDecoder(): Promise<OpusDecoder>;
  /** There is no decoder to be had. */
  failed(error: unknown): void;
  /** Frames that wait, at most. */
  limit: number;
}

/** What a block adds to a mix. */
export type Contribution = 'decoded' | 'concealed' | 'silence';

/** bytes of a packet that says that there is nothing to hear, and of one that holds nothing although its level says so */
const [longestSilence, longestQuiet] = [2, 24];
const silentLevel = 127;
/** ms of lost sound that is concealed */
const longestLoss: Milliseconds = 120;
/** ms of silence after which the decoder is given back */
const decoderRest: Milliseconds = 10_000;

export class MixSource {
  readonly #options: MixSourceOptions;
  readonly #offset = new ArrivalOffset();
  readonly #waiting: SoundFrame[] = [];
  readonly #blocks: PcmBlock[] = [];
  #line: SoundLine | undefined;
  #decoder: OpusDecoder | undefined;
  #isCreating = false;
  #lastHeard = -Infinity;
  #isClosed = false;
  /** Frames that had to go because nobody took what was mixed. */
  dropped = 0;

  constructor(options: MixSourceOptions) {
    this.#options = options;
  }

  /** There is something to hear in it. */
  get isSounding(): boolean {
    return this.#waiting.length > 0 || this.#blocks.length > 0;
  }

  /** @returns ms by which it is late: after the time at which its sound ends; undefined where there is nothing to be heard */
  push(frame: SoundFrame, now: Milliseconds): Milliseconds | undefined {
    // Whole ms are whole samples, so that blocks meet.
    const captureTime = Math.round(frame.captureTime + this.#offset.arrived(frame.captureTime, now));
    if (isSilent(frame)) return undefined;
    this.#waiting.push({ ...frame, captureTime });
    if (this.#waiting.length > this.#options.limit) {
      this.#waiting.shift();
      this.dropped += 1;
    }
    this.#prepare();
    return now - captureTime - durationOf(frame);
  }

  /** Adds what is heard from `from` to `to`. @param sums a sum for each sample and channel */
  addTo(sums: Int32Array, from: Milliseconds, to: Milliseconds): Contribution {
    this.#decode(from, to);
    this.#rest(to);
    let contribution: Contribution = 'silence';
    while (this.#blocks[0] && this.#blocks[0].timestamp < to) {
      const block = this.#blocks[0];
      if (this.#add(block, sums, from) && contribution !== 'decoded') contribution = block.origin;
      if (endOf(block) > to) break;
      this.#blocks.shift();
    }
    return contribution;
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#release();
  }

  #prepare(): void {
    if (this.#decoder || this.#isCreating) return;
    this.#isCreating = true;
    this.#options.createDecoder().then(
      (decoder) => {
        this.#isCreating = false;
        if (this.#isClosed) return decoder.close();
        this.#decoder = decoder;
        this.#line = new SoundLine(decoder, { ...this.#options, gaps: 'mark' });
        return undefined;
      },
      (error: unknown) => this.#options.failed(error),
    );
  }

  /** What is not there by now is silence: when it comes, it is heard later, until the next pause. */
  #decode(from: Milliseconds, to: Milliseconds): void {
    const line = this.#line;
    if (!line) return;
    if (line.end === undefined) line.fill(from);
    for (let frame = this.#waiting[0]; frame && this.#isDue(frame, line, to); frame = this.#waiting[0]) {
      this.#waiting.shift();
      line.push(frame);
      this.#lastHeard = to;
      for (let block = line.next(); block; block = line.next())
        if (block.samples.length > 0) this.#blocks.push(block);
    }
    line.fill(to);
    // A mark says nothing here.
    line.next();
  }

  /** What follows a lost one is needed to conceal that. */
  #isDue({ captureTime }: SoundFrame, { end = 0 }: SoundLine, to: Milliseconds): boolean {
    return captureTime < to || (end < to && captureTime - end <= longestLoss);
  }

  #rest(now: Milliseconds): void {
    if (this.#decoder && !this.isSounding && now - this.#lastHeard > decoderRest) this.#release();
  }

  #release(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
    this.#line = undefined;
    this.#blocks.length = 0;
  }

  /** @returns whether there was anything to add */
  #add(block: PcmBlock, sums: Int32Array, from: Milliseconds): boolean {
    const { channels, sampleRate } = this.#options;
    const offset = Math.round(((block.timestamp - from) * sampleRate) / 1_000) * channels;
    const { samples } = block;
    const start = Math.max(0, offset);
    const end = Math.min(sums.length, offset + samples.length);
    for (let index = start; index < end; index += 1)
      sums[index] = (sums[index] ?? 0) + (samples[index - offset] ?? 0);
    return end > start;
  }
}

/** Nothing would be heard of it. */
function isSilent({ audioLevel, data }: SoundFrame): boolean {
  if (data.length <= longestSilence) return true;
  return audioLevel?.level === silentLevel && data.length <= longestQuiet;
}
