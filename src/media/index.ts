/** Voices, players, recordings, pictures: `jitsi-headless/media`. */
export { createOpusDecoder } from './opus/decoder.ts';
export { createOpusEncoder } from './opus/encoder.ts';
export type {
  OpusDecoder,
  OpusDecoderOptions,
  OpusEncoder,
  OpusEncoderOptions,
  OpusSampleRate,
} from './opus/types.ts';
export type { PcmBlock } from './sound/pcm-block.ts';
export { soundLevel } from './sound/sound-level.ts';
