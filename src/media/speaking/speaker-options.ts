/** What a speaker can be told. */
import type { Clock } from '../../base/clock.ts';
import { checkOptions, type Kind, type Kinds, oneOf } from '../../client/check-arguments.ts';
import { bitrate, channels } from '../opus/options.ts';
import { resampledRate } from '../sound/resampler.ts';

export interface SpeakerOptions {
  /** Hz, 1000 to 384 000, of what is written. Default 48 000. */
  sampleRate?: number;
  /** Of what is written. Default 1. */
  channels?: 1 | 2;
  /** `voip` (the default) for speech, `audio` for music. */
  application?: 'voip' | 'audio';
  /** bit/s, 6000 to 510 000. Default: 32 000 for `voip`, 64 000 a channel for `audio`. */
  bitrate?: number;
  /** ms that may be queued before `write` holds back. Default 2000. */
  bufferLimit?: number;
  /** A clock that does not jump. */
  clock?: Clock;
}

const bufferLimit: Kind = {
  words: 'a number of milliseconds from 0 to 600000',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 600_000,
};
const kinds: Kinds<SpeakerOptions> = {
  sampleRate: resampledRate,
  channels,
  application: oneOf('voip', 'audio'),
  bitrate,
  bufferLimit,
  clock: { words: 'a clock', fits: (value) => typeof value === 'object' },
};

/** @throws UsageError `option-invalid`, `option-unknown` */
export function checkSpeakerOptions(options: SpeakerOptions): void {
  checkOptions('making a speaker', kinds, options);
}
