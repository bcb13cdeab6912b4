/**
 * Samples → frames of a track: encoded, with how loud they are. Silence is not sent (DTX): a few frames of it, and then nothing until there
 * is something to hear. Bridges pass three of them on and drop the rest (media 4.3); receivers take what is missing for silence.
 */
import type { LocalFrame } from '../../client/media/track-types.ts';
import { createOpusEncoder } from '../opus/encoder.ts';
import type { OpusEncoder, OpusEncoderOptions } from '../opus/types.ts';
import { soundLevel } from '../sound/sound-level.ts';

/** Frames of silence that are sent: in the first one is what the encoder held back, 6.5 ms. */
export const silentFrames = 3;
/** -dBov: what is quieter is silence. */
const quietest = 80;

/** @throws UsageError `option-invalid`, `option-unknown` */
export async function createSampleEncoder(options: OpusEncoderOptions): Promise<SampleEncoder> {
  return new SampleEncoder(await createOpusEncoder(options));
}

export class SampleEncoder {
  readonly #encoder: OpusEncoder;
  #silent: number = silentFrames;

  constructor(encoder: OpusEncoder) {
    this.#encoder = encoder;
  }

  /**
   * @param samples 20 ms, interleaved
   * @param timestamp ms, when they are to be heard
   * @returns undefined: there is nothing to be sent
   */
  encode(samples: Int16Array, timestamp: number): LocalFrame | undefined {
    const audioLevel = soundLevel(samples);
    this.#silent = audioLevel.level > quietest ? this.#silent + 1 : 0;
    if (this.#silent > silentFrames) return undefined;
    return { data: this.#encoder.encode(samples), timestamp, audioLevel };
  }

  close(): void {
    this.#encoder.close();
  }
}
