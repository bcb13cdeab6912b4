/** What was pushed, as frames of 20 ms at a rate that Opus takes. */
import type { OpusSampleRate } from '../opus/types.ts';
import type { Resampler } from '../sound/resampler.ts';
import { PushedSamples } from './pushed-samples.ts';

/** ms */
const frameDuration = 20;
const framesPerSecond = 1000 / frameDuration;

export interface SpokenFramesOptions {
  pushed: PushedSamples;
  /** Hz, of what is pushed. */
  sampleRate: number;
  channels: 1 | 2;
  /** From that to the rate that is encoded. */
  resampler: Resampler;
  /** Hz */
  opusRate: OpusSampleRate;
}

export class SpokenFrames {
  readonly #pushed: PushedSamples;
  readonly #made = new PushedSamples();
  readonly #resampler: Resampler;
  /** Samples, of what is pushed and of what is made. */
  readonly #pieceLength: number;
  readonly #frameLength: number;
  readonly #channels: number;

  constructor({ pushed, sampleRate, channels, resampler, opusRate }: SpokenFramesOptions) {
    this.#pushed = pushed;
    this.#resampler = resampler;
    this.#channels = channels;
    this.#pieceLength = Math.ceil(sampleRate / framesPerSecond) * channels;
    this.#frameLength = (opusRate / framesPerSecond) * channels;
  }

  get isEmpty(): boolean {
    return this.#pushed.length < this.#channels && this.#made.length === 0;
  }

  /** ms of what is made, and not taken. */
  get made(): number {
    return (this.#made.length / this.#frameLength) * frameDuration;
  }

  /** 20 ms; undefined: there is less. */
  take(): Int16Array | undefined {
    while (this.#made.length < this.#frameLength && this.#pushed.length >= this.#channels) {
      const whole = this.#pushed.length - (this.#pushed.length % this.#channels);
      this.#made.push(this.#resampler.process(this.#pushed.take(Math.min(this.#pieceLength, whole))));
    }
    return this.#made.length < this.#frameLength ? undefined : this.#made.take(this.#frameLength);
  }

  /** What there is, with silence up to 20 ms; what comes after it begins anew. */
  takeRest(): Int16Array | undefined {
    const frame = this.take();
    if (frame) return frame;
    this.#made.push(this.#resampler.flush());
    if (this.#made.length === 0) return undefined;
    const rest = this.silence();
    rest.set(this.#made.take(this.#frameLength));
    return rest;
  }

  /** @returns a frame */
  silence(): Int16Array {
    return new Int16Array(this.#frameLength);
  }

  clear(): void {
    this.#pushed.clear();
    this.#made.clear();
    this.#resampler.flush();
  }

  close(): void {
    this.#resampler.close();
  }
}
