/** One track as samples. */
import { steadyClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { abortSignal, checkOptions, duration, type Kinds, oneOf } from '../../client/check-arguments.ts';
import type { RemoteTrack } from '../../client/media/remote-track.ts';
import { ClearFrames } from '../encryption/clear-frames.ts';
import { createOpusDecoder } from '../opus/decoder.ts';
import { channels, sampleRate } from '../opus/options.ts';
import type { OpusSampleRate } from '../opus/types.ts';
import { PcmStream } from './pcm-stream.ts';
import type { Gaps } from './sound-line.ts';

/** What comes out of hearing. */
export interface SoundOptions {
  /** Hz. Default 48 000. */
  sampleRate?: OpusSampleRate;
  /** Default 1: stereo becomes mono. */
  channels?: 1 | 2;
  /** Ends it when it is aborted. */
  signal?: AbortSignal;
}

export interface PcmOptions extends SoundOptions {
  /**
   * Where nothing is sent, because nobody speaks, the track is muted or a connection is lost: `fill` (the default) gives silence as time
   * goes by; `mark` gives one block without samples where the gap begins, and then nothing until it is over.
   */
  gaps?: Gaps;
  /** ms of sound that may be unread: of more the oldest is lost. Default 5000. */
  limit?: number;
}

/** As much of a track as it takes. */
export type HeardTrack = Pick<RemoteTrack, 'kind' | 'sourceName' | 'participant' | 'frames'>;

/** ms of a frame, as a rule */
const frameDuration = 20;
const defaultLimit = 5_000;

export const soundKinds: Kinds<SoundOptions> = { sampleRate, channels, signal: abortSignal };
const kinds: Kinds<PcmOptions> = { ...soundKinds, gaps: oneOf('fill', 'mark'), limit: duration };

/**
 * The sound of a track from now on, decoded as it is read, in blocks of 20 ms as a rule, each beginning where the one before it ended. Up to 120 ms
 * of lost packets are concealed, by what the next packet repeats of them where it does (RFC 6716, 4.4), and the rest is silence. It goes on
 * over sessions, bridges and reconnections, and ends when the track is removed. What is end-to-end encrypted is as if it were not sent.
 * @throws UsageError `option-invalid`, `option-unknown`, `track-not-audio`
 */
export function pcm(track: HeardTrack, options: PcmOptions = {}): PcmStream {
  checkOptions('decoding sound', kinds, options);
  if (track.kind !== 'audio')
    throw new UsageError(
      `decoding sound: ${track.sourceName} is video; conference.tracks has audio as well`,
      {
        code: 'track-not-audio',
      },
    );
  const { gaps = 'fill', limit = defaultLimit, signal, ...format } = options;
  const { sampleRate = 48_000, channels = 1 } = format;
  const frames = new ClearFrames(track, { limit: Math.max(1, Math.ceil(limit / frameDuration)) });
  return new PcmStream({
    frames,
    createDecoder: () => createOpusDecoder({ sampleRate, channels }),
    sampleRate,
    channels,
    gaps,
    clock: steadyClock,
    signal,
  });
}
