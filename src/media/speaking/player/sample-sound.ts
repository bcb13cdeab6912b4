/** Samples, encoded by us: those of a program, and WAV. */
import { defined } from '../../../base/defined.ts';
import { ParseError, UsageError } from '../../../base/errors.ts';
import type { EncodedFrame } from '../../container/media.ts';
import type { ByteSource } from '../../origin/byte-source.ts';
import { createResampler } from '../../sound/resampler.ts';
import { WavReader } from '../../sound/wav-reader.ts';
import { PushedSamples, type Samples } from '../pushed-samples.ts';
import { createSampleEncoder, type SampleEncoder } from '../sample-encoder.ts';
import { opusRateFor } from '../../opus/options.ts';
import { SpokenFrames } from '../spoken-frames.ts';
import type { PcmOrigin } from './playable.ts';
import type { Sound, SoundOptions } from './sound.ts';

/** ms */
const frameDuration = 20;

type SampleOptions = Pick<SoundOptions, 'bitrate' | 'start'>;

/** @throws UsageError `option-invalid`, `media-origin-invalid` */
export async function openPcmSound(origin: PcmOrigin, options: SampleOptions): Promise<Sound> {
  const { channels = 1, pcm, sampleRate = 48_000 } = origin;
  if (typeof (pcm as Partial<typeof pcm> | undefined)?.[Symbol.asyncIterator] !== 'function')
    throw new UsageError('playing samples: `pcm` is to be an async iterable of them', {
      code: 'media-origin-invalid',
    });
  return SampleSound.open({ pieces: pcm, sampleRate, channels, close: () => {} }, options);
}

/** @returns undefined where it is WAV of a kind that is not ours to read; then its bytes can be read again */
export async function openWavSound(source: ByteSource, options: SampleOptions): Promise<Sound | undefined> {
  const reader = new WavReader();
  const pieces = source.bytes()[Symbol.asyncIterator]();
  let first = new Int16Array();
  try {
    while (!reader.format) {
      const { done, value } = await pieces.next();
      if (done === true) reader.end();
      else first = new Int16Array(reader.push(value));
    }
  } catch (error) {
    if (error instanceof ParseError && error.code === 'wav-format') return undefined;
    throw error;
  }
  async function* samples(): AsyncGenerator<Int16Array, void, undefined> {
    yield first;
    for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next())
      yield reader.push(piece.value);
  }
  return SampleSound.open({ pieces: samples(), ...reader.format, close: () => source.close() }, options);
}

interface SampleOrigin {
  pieces: AsyncIterable<Samples>;
  sampleRate: number;
  channels: 1 | 2;
  close(): void;
}

class SampleSound implements Sound {
  readonly isLive = false;
  readonly duration = undefined;
  readonly channels: 1 | 2;
  readonly #origin: SampleOrigin;
  readonly #pieces: AsyncIterator<Samples>;
  readonly #pushed: PushedSamples;
  readonly #frames: SpokenFrames;
  readonly #encoder: SampleEncoder;
  /** Samples that are left out, of all channels. */
  #unwanted: number;
  #isRead = false;
  #isClosed = false;
  #at: number;

  private constructor(
    origin: SampleOrigin,
    pushed: PushedSamples,
    frames: SpokenFrames,
    encoder: SampleEncoder,
    start: number,
  ) {
    this.#origin = origin;
    this.channels = origin.channels;
    this.#pieces = origin.pieces[Symbol.asyncIterator]();
    this.#pushed = pushed;
    this.#frames = frames;
    this.#encoder = encoder;
    const skipped = Math.max(0, Math.floor(start / frameDuration));
    this.#at = skipped * frameDuration;
    this.#unwanted = Math.round((this.#at * origin.sampleRate) / 1000) * origin.channels;
  }

  static async open(origin: SampleOrigin, { bitrate, start }: SampleOptions): Promise<Sound> {
    const { channels, sampleRate } = origin;
    const opusRate = opusRateFor(sampleRate);
    const resampler = await createResampler({ from: sampleRate, to: opusRate, channels });
    const encoder = await createSampleEncoder({
      sampleRate: opusRate,
      channels,
      application: 'audio',
      ...defined({ bitrate }),
    }).catch((error: unknown) => {
      resampler.close();
      throw error;
    });
    const pushed = new PushedSamples();
    const frames = new SpokenFrames({ pushed, sampleRate, channels, resampler, opusRate });
    return new SampleSound(origin, pushed, frames, encoder, start);
  }

  get readUntil(): number {
    return this.#at;
  }

  read = async (): Promise<EncodedFrame | undefined> => {
    for (;;) {
      const samples = await this.#take();
      if (!samples || this.#isClosed) return undefined;
      const at = this.#at;
      this.#at += frameDuration;
      const frame = this.#encoder.encode(samples, at);
      // Of silence nothing is sent.
      if (!frame) continue;
      const { audioLevel, data } = frame;
      return defined({ data, at, duration: frameDuration, keyFrame: true, audioLevel });
    }
  };

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#frames.close();
    this.#encoder.close();
    this.#pieces.return?.()?.catch(() => {});
    this.#origin.close();
  }

  async #take(): Promise<Int16Array | undefined> {
    for (;;) {
      if (this.#isClosed) return undefined;
      const samples = this.#isRead ? this.#frames.takeRest() : this.#frames.take();
      if (samples ?? this.#isRead) return samples || undefined;
      const { done, value } = await this.#pieces.next();
      if (done === true) this.#isRead = true;
      else {
        this.#pushed.push(value);
        if (this.#unwanted > 0) this.#unwanted -= this.#pushed.take(this.#unwanted).length;
      }
    }
  }
}
