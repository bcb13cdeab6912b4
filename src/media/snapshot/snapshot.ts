/** One picture of somebody's video, as it is now. */
import { UsageError } from '../../base/errors.ts';
import {
  abortSignal,
  checkOptions,
  duration,
  type Kinds,
  oneOf,
  text,
  videoHeight,
} from '../../client/check-arguments.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import type { Participant } from '../../conference/room/roster.ts';
import { checkFfmpeg, convertPicture, type PictureFormat } from './convert-picture.ts';
import { nextKeyFrame } from './key-frame.ts';

export interface SnapshotOptions {
  /**
   * Default `webp`. Of VP8, which is what most send, `webp` needs no decoder, and of AV1 `avif`; everything else is made by ffmpeg.
   */
  format?: PictureFormat;
  /** Pixels; the bridge is asked for that much while it lasts. What cannot be had smaller and is not decoded comes as it is. Default: no limit. */
  maxHeight?: number;
  /** ms in which a picture must have come. Default 15 000. */
  timeout?: number;
  signal?: AbortSignal;
  /** Path of ffmpeg. Default: looked for on the PATH. */
  ffmpeg?: string;
}

export interface Snapshot {
  /** The file. */
  data: Uint8Array;
  format: PictureFormat;
  /** Pixels. */
  width: number;
  height: number;
  /** Whose it is, as known when it was taken. */
  participant: Participant | undefined;
  /** ms since the epoch, when it was captured. */
  timestamp: number;
}

const kinds: Kinds<SnapshotOptions> = {
  format: oneOf('webp', 'avif', 'png', 'jpeg'),
  maxHeight: videoHeight,
  timeout: duration,
  signal: abortSignal,
  ffmpeg: text,
};

/** ms */
const defaultTimeout = 15_000;

/**
 * Takes a picture of a video: asks the bridge for it and for a key frame, and makes a file of that; afterwards the bridge is asked for what it was
 * asked before.
 * @throws UsageError `not-video`, `option-invalid`, `option-unknown`, `ffmpeg-missing`; MediaError `video-gone`, `video-muted`,
 *   `video-encrypted` (end-to-end), `ffmpeg-failed`; TimeoutError `video-timeout`, `ffmpeg-timeout`; ConnectionError `not-joined`; the signal's reason
 */
export async function snapshot(track: RemoteTrack, options: SnapshotOptions = {}): Promise<Snapshot> {
  checkOptions('taking a picture', kinds, options);
  const { ffmpeg, format = 'webp', maxHeight = -1, signal, timeout = defaultTimeout } = options;
  if (track.kind !== 'video')
    throw new UsageError(`taking a picture of ${track.sourceName}: it is no video`, { code: 'not-video' });
  // Before anybody is asked to send anything.
  checkFfmpeg(track.codec, format, ffmpeg);
  const { participant } = track;
  const frame = await nextKeyFrame(track, { maxHeight, signal, timeout });
  const picture = await convertPicture(frame, { format, maxHeight, ffmpeg, signal, timeout });
  return { ...picture, format, participant: track.participant ?? participant, timestamp: frame.captureTime };
}
