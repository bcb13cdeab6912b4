/** What codecs can be told, as programs without types get it wrong. */
import { checkOptions, isText, type Kind, type Kinds, oneOf } from '../../client/check-arguments.ts';
import type { OpusDecoderOptions, OpusEncoderOptions, OpusSampleRate } from './types.ts';

/** Hz */
export const opusSampleRates: readonly OpusSampleRate[] = [8000, 12_000, 16_000, 24_000, 48_000];

/** The least of them that has all that is to be heard at `sampleRate`, or the highest. */
export function opusRateFor(sampleRate: number): OpusSampleRate {
  return opusSampleRates.find((rate) => rate >= sampleRate) ?? 48_000;
}

export const sampleRate: Kind = {
  words: '8000, 12000, 16000, 24000 or 48000 Hz',
  fits: (value) => opusSampleRates.some((rate) => rate === value),
};
export const channels: Kind = { words: '1 or 2', fits: (value) => value === 1 || value === 2 };
export const bitrate: Kind = {
  words: 'a whole number of bit/s from 6000 to 510000',
  fits: (value) =>
    !isText(value) && Number.isInteger(value) && Number(value) >= 6000 && Number(value) <= 510_000,
};

const decoderKinds: Kinds<OpusDecoderOptions> = { sampleRate, channels };
const encoderKinds: Kinds<OpusEncoderOptions> = {
  sampleRate,
  channels,
  bitrate,
  application: oneOf('voip', 'audio'),
};

/** @throws UsageError `option-invalid`, `option-unknown` */
export function checkDecoderOptions(options: OpusDecoderOptions): void {
  checkOptions('making an Opus decoder', decoderKinds, { ...needed, ...options });
}

/** @throws as {@link checkDecoderOptions} */
export function checkEncoderOptions(options: OpusEncoderOptions): void {
  checkOptions('making an Opus encoder', encoderKinds, { ...needed, ...options });
}

/** These two have no default. */
const needed = { sampleRate: null, channels: null };
