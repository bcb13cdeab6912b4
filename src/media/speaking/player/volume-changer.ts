/** Makes packets of Opus louder or quieter: they are decoded, and encoded again. */
import { defined } from '../../../base/defined.ts';
import type { LocalFrame } from '../../../client/media/track-types.ts';
import { createOpusDecoder } from '../../opus/decoder.ts';
import { createOpusEncoder } from '../../opus/encoder.ts';
import type { OpusDecoder, OpusEncoder } from '../../opus/types.ts';
import { soundLevel } from '../../sound/sound-level.ts';
import { PushedSamples } from '../pushed-samples.ts';

const sampleRate = 48_000;
/** ms */
const frameDuration = 20;

export class VolumeChanger {
  readonly #decoder: OpusDecoder;
  readonly #encoder: OpusEncoder;
  readonly #samples = new PushedSamples();
  readonly #frameLength: number;
  readonly channels: 1 | 2;
  /** ms, when the first of the samples that are kept is due */
  #time = 0;

  private constructor(decoder: OpusDecoder, encoder: OpusEncoder, channels: 1 | 2) {
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.channels = channels;
    this.#frameLength = (sampleRate / 1000) * frameDuration * channels;
  }

  static async create(channels: 1 | 2, bitrate: number | undefined): Promise<VolumeChanger> {
    const [decoder, encoder] = await Promise.all([
      createOpusDecoder({ sampleRate, channels }),
      createOpusEncoder({ sampleRate, channels, application: 'audio', ...defined({ bitrate }) }),
    ]);
    return new VolumeChanger(decoder, encoder, channels);
  }

  /** @param time ms, when it is due @returns frames of 20 ms, as many as there are @throws ParseError `opus-packet` */
  change(packet: Uint8Array, time: number, volume: number): LocalFrame[] {
    if (this.#samples.length === 0) this.#time = time;
    const decoded = this.#decoder.decode(packet);
    for (let index = 0; index < decoded.length; index += 1)
      decoded[index] = Math.max(-32_768, Math.min(32_767, Math.round((decoded[index] ?? 0) * volume)));
    this.#samples.push(decoded);
    const frames: LocalFrame[] = [];
    while (this.#samples.length >= this.#frameLength) {
      const samples = this.#samples.take(this.#frameLength);
      const data = this.#encoder.encode(samples);
      frames.push({ data, timestamp: this.#time, audioLevel: soundLevel(samples) });
      this.#time += frameDuration;
    }
    return frames;
  }

  close(): void {
    this.#decoder.close();
    this.#encoder.close();
  }
}
