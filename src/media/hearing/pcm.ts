/** One track as samples. */
import { steadyClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { checkOptions, duration, type Kinds, oneOf } from '../../client/check-arguments.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import { ClearFrames } from '../encryption/clear-frames.ts';
import { createOpusDecoder } from '../opus/decoder.ts';
import { PcmStream } from './pcm-stream.ts';
import type { Gaps } from './sound-line.ts';
import { formatOf, type SoundOptions, soundKinds } from './sound-options.ts';

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
  const { gaps = 'fill', limit = defaultLimit, signal } = options;
  const frames = new ClearFrames(track, { limit: Math.max(1, Math.ceil(limit / frameDuration)) });
  return new PcmStream({
    ...formatOf(options),
    frames,
    createDecoder: createOpusDecoder,
    gaps,
    clock: steadyClock,
    signal,
  });
}
