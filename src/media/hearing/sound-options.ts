/** What comes out of hearing. */
import { abortSignal, type Kind, type Kinds } from '../../client/check-arguments.ts';
import { channels } from '../opus/options.ts';

export interface SoundOptions {
  /** Hz, 8000 to 192 000. Default 48 000. What is none of 8, 12, 16, 24 and 48 kHz, as Opus decodes to, is resampled. */
  sampleRate?: number;
  /** Default 1: stereo becomes mono. */
  channels?: 1 | 2;
  /** Ends it when it is aborted. */
  signal?: AbortSignal;
}

export interface SoundFormat {
  /** Hz */
  sampleRate: number;
  channels: 1 | 2;
}

export const heardRate: Kind = {
  words: 'a whole number of Hz from 8000 to 192000',
  fits: (value) => Number.isInteger(value) && Number(value) >= 8000 && Number(value) <= 192_000,
};

export const soundKinds: Kinds<SoundOptions> = { sampleRate: heardRate, channels, signal: abortSignal };

export function formatOf({ channels = 1, sampleRate = 48_000 }: SoundOptions): SoundFormat {
  return { sampleRate, channels };
}
