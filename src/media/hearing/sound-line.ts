/**
 * The frames of one track on a line of time: what was lost is concealed, what was not sent is silence. It is pure: frames in, blocks out,
 * and nothing is decoded or made before it is asked for.
 */
import type { OpusDecoder } from '../opus/types.ts';
import type { PcmBlock } from '../sound/pcm-block.ts';
import { durationOf, type SoundFrame } from './sound-frame.ts';

/** What becomes of times without sound: silence, or a mark where they begin. */
export type Gaps = 'fill' | 'mark';

export interface SoundLineOptions {
  /** Hz, as the decoder was made. */
  sampleRate: number;
  channels: 1 | 2;
  gaps: Gaps;
}

/** A piece of the line that is still to be made. */
type Step =
  | { kind: 'frame'; at: number; data: Uint8Array; duration: number }
  /** What was lost just before a frame that may repeat it. */
  | { kind: 'recovered'; at: number; data: Uint8Array; duration: number }
  /** `left`: samples a channel */
  | { kind: 'concealed' | 'silence'; at: number; left: number }
  | { kind: 'mark'; at: number };

/** What would follow it at once. */
interface LastFrame {
  sequenceNumber: number;
  /** ms */
  duration: number;
  nextTimestamp: number;
  /** ms since the epoch */
  nextCapture: number;
}

/** Hz of the timestamps of Opus (RFC 7587, 4.1). */
const rtpRate = 48_000;
/** ms of a block that is made up */
const blockDuration = 20;
/** ms of lost sound that are made up, at most: what Opus makes of more is a drone. */
const longestConcealed = 120;
/** ms that it is made up in multiples of (RFC 6716, 4.4) */
const concealable = 2.5;
/** ms by which timestamps and times may differ, before the timestamps are of another stream or clock */
const largestDrift = 100;
/** ms of a pause in which it does not matter that the line is corrected */
const correctable = 60;
/** ms that sound may come later than the silence that was put in for it */
const mostLate = 1_000;

export class SoundLine {
  readonly #decoder: OpusDecoder;
  readonly #options: SoundLineOptions;
  readonly #steps: Step[] = [];
  /** ms, where what is planned ends. */
  #end: number | undefined;
  /** ms, where the last frame ends; silence may have been put in after it. */
  #frameEnd = 0;
  #last: LastFrame | undefined;
  /** ms by which times have gone back, which a line does not. */
  #back = 0;
  #isMarked = false;
  /** Silence has been put in since the last frame. */
  #isFilled = false;

  constructor(decoder: OpusDecoder, options: SoundLineOptions) {
    this.#decoder = decoder;
    this.#options = options;
  }

  /** ms since the epoch: so far it is planned; undefined before anything is. */
  get end(): number | undefined {
    return this.#end;
  }

  /** With marks: nothing has come since the last. */
  get isMarked(): boolean {
    return this.#isMarked;
  }

  /** The next frame, in order. */
  push(frame: SoundFrame): void {
    const duration = durationOf(frame);
    this.#end ??= frame.captureTime;
    // What went back has caught up.
    if (frame.captureTime >= this.#end) this.#back = 0;
    if (!this.#follow(frame)) {
      this.#back = Math.max(0, this.#end - frame.captureTime);
      this.#frameEnd = frame.captureTime + this.#back;
    }
    const start = this.#frameEnd;
    this.#frameEnd = start + duration;
    this.#last = {
      sequenceNumber: frame.sequenceNumber,
      duration,
      nextTimestamp: frame.rtpTimestamp + (duration * rtpRate) / 1_000,
      nextCapture: frame.captureTime + duration,
    };
    this.#silenceUntil(start);
    this.#isMarked = false;
    this.#isFilled = false;
    if (this.#end - start > mostLate) return;
    this.#steps.push({ kind: 'frame', at: this.#end, data: frame.data, duration });
    this.#end += duration;
  }

  /** Nothing was heard until then. Before the first frame it is where the line begins. @param time ms since the epoch */
  fill(time: number): void {
    this.#end ??= time;
    if (time <= this.#end) return;
    this.#silenceUntil(time);
    this.#isFilled = true;
  }

  /** Made now; undefined when there is nothing more. */
  next(): PcmBlock | undefined {
    for (;;) {
      const step = this.#steps[0];
      if (!step) return undefined;
      if (!('left' in step)) {
        this.#steps.shift();
        return step.kind === 'mark' ? this.#block(new Int16Array(), step.at, 'silence') : this.#decode(step);
      }
      const samples = Math.min(step.left, this.#samplesIn(blockDuration));
      const { at, kind } = step;
      step.left -= samples;
      step.at += this.#durationOf(samples);
      if (step.left <= 0) this.#steps.shift();
      if (samples > 0) return kind === 'silence' ? this.#silence(samples, at) : this.#conceal(samples, at);
    }
  }

  /** Puts `#frameEnd` where the frame begins, and plans what is made up before it. @returns false when it follows nothing */
  #follow(frame: SoundFrame): boolean {
    const { captureTime, rtpTimestamp, sequenceNumber } = frame;
    if (!this.#last || this.#end === undefined) return false;
    const { duration, nextCapture, nextTimestamp } = this.#last;
    const byTimestamp = (((rtpTimestamp - nextTimestamp) | 0) * 1_000) / rtpRate;
    if (Math.abs(byTimestamp - (captureTime - nextCapture)) > largestDrift) return false;
    const start = this.#frameEnd + byTimestamp;
    const captured = captureTime + this.#back;
    const isCorrected = byTimestamp >= correctable || Math.abs(captured - start) > largestDrift;
    this.#frameEnd = isCorrected ? captured : start;
    const lost = sequenceNumber - this.#last.sequenceNumber - 1;
    if (lost > 0 && !this.#isFilled) this.#repair(frame, this.#frameEnd - this.#end, lost * duration);
    return true;
  }

  /** @param gap ms @param lost ms of it that were lost, at most */
  #repair(next: SoundFrame, gap: number, lost: number): void {
    const length = Math.floor(Math.min(gap, lost, longestConcealed) / concealable) * concealable;
    const duration = durationOf(next);
    const isRepeated = length >= duration && gap - length < concealable;
    this.#plan('concealed', isRepeated ? length - duration : length);
    if (!isRepeated || this.#end === undefined) return;
    this.#steps.push({ kind: 'recovered', at: this.#end, data: next.data, duration });
    this.#end += duration;
  }

  #silenceUntil(time: number): void {
    const end = this.#end ?? time;
    if (this.#options.gaps === 'fill') return this.#plan('silence', time - end);
    if (this.#samplesIn(time - end) < 1) return undefined;
    if (!this.#isMarked) this.#steps.push({ kind: 'mark', at: end });
    this.#isMarked = true;
    this.#end = time;
    return undefined;
  }

  /** @param duration ms */
  #plan(kind: 'concealed' | 'silence', duration: number): void {
    const left = this.#samplesIn(duration);
    if (left < 1 || this.#end === undefined) return;
    this.#steps.push({ kind, at: this.#end, left });
    this.#end += this.#durationOf(left);
  }

  /** What is no Opus is as good as lost: others send what they like. */
  #decode({ at, data, duration, kind }: Extract<Step, { data: Uint8Array }>): PcmBlock {
    const samples = this.#samplesIn(duration);
    try {
      if (kind === 'frame') return this.#block(this.#decoder.decode(data), at, 'decoded');
      return this.#block(this.#decoder.recover(data, samples), at, 'concealed');
    } catch {
      return this.#conceal(samples, at);
    }
  }

  #conceal(samples: number, at: number): PcmBlock {
    try {
      return this.#block(this.#decoder.conceal(samples), at, 'concealed');
    } catch {
      return this.#silence(samples, at);
    }
  }

  #silence(samples: number, at: number): PcmBlock {
    return this.#block(new Int16Array(samples * this.#options.channels), at, 'silence');
  }

  #block(samples: Int16Array, timestamp: number, origin: PcmBlock['origin']): PcmBlock {
    const { channels, sampleRate } = this.#options;
    return { samples, sampleRate, channels, timestamp, origin };
  }

  /** @param duration ms @returns a channel */
  #samplesIn(duration: number): number {
    return Math.round((duration * this.#options.sampleRate) / 1_000);
  }

  #durationOf(samples: number): number {
    return (samples * 1_000) / this.#options.sampleRate;
  }
}
