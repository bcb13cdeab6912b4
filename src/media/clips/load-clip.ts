/** Clips from files: the caller's, and those that come with this package. */
import { defined } from '../../base/defined.ts';
import { messageOf, ParseError, UsageError } from '../../base/errors.ts';
import type { CodecName, MediaKind } from '../../rtp/parameters.ts';
import { withLevel } from '../container/audio-levels.ts';
import type { EncodedFrame, Media } from '../container/media.ts';
import { openMedia } from '../container/open-media.ts';
import type { MediaOrigin } from '../origin/byte-source.ts';
import type { Clip } from './clip.ts';

/** bytes and frames: it is in memory as a whole */
const largest = 256 * 1024 * 1024;
/** Nine hours of pictures, or five of sound: what is longer is no clip. */
const mostFrames = 1_000_000;

const codecs: Readonly<Record<MediaKind, readonly string[]>> = {
  audio: ['opus'],
  video: ['vp8', 'vp9', 'av1', 'h264'],
};

/** @throws UsageError `clip-unreadable`, `clip-unusable` (its cause says what about it) */
export async function loadClip(kind: MediaKind, path: string): Promise<Clip> {
  try {
    return await readClip(kind, path);
  } catch (error) {
    const isRead =
      error instanceof ParseError || (error instanceof UsageError && error.code === 'clip-unusable');
    const code = isRead ? 'clip-unusable' : 'clip-unreadable';
    // Ours name the file already.
    const message = messageOf(error);
    const text = message.includes(path) ? message : `reading ${path}: ${message}`;
    throw new UsageError(text, { code, cause: error });
  }
}

/** A moving test picture (VP8, 640×360, 30 frames/s, a key frame a second); something like speech, and a tone of 440 Hz (Opus). */
export function builtInClip(name: 'picture' | 'speech' | 'tone'): Promise<Clip> {
  const kind = name === 'picture' ? 'video' : 'audio';
  const file = name === 'picture' ? 'picture.ivf' : `${name}.ogg`;
  // Three folders up in the sources as in the build.
  return readClip(kind, new URL(`../../../clips/${file}`, import.meta.url));
}

/** @throws UsageError `clip-unusable`, and as {@link openMedia} */
export async function readClip(kind: MediaKind, origin: MediaOrigin): Promise<Clip> {
  const media = await openMedia(origin);
  try {
    return await readTrack(kind, media);
  } finally {
    media.close();
  }
}

async function readTrack(kind: MediaKind, media: Media): Promise<Clip> {
  const track = media[kind];
  const what = kind === 'audio' ? 'sound' : 'picture';
  if (!track) throw unusable(`there is no ${what} in it`);
  if (!codecs[kind].includes(track.codec))
    throw unusable(`its ${what} is in ${track.codec}; ${codecs[kind].join(', ')} can be sent as it is`);
  if (kind === 'audio') checkChannels(media.audio?.channels ?? 0);
  const { frames, duration } = await readAll(track, kind);
  const { width, height } = media.video ?? {};
  return defined({ kind, codec: track.codec as CodecName, frames, duration, width, height });
}

/** What has more than two is several streams in one, which RTP does not know (RFC 7587). */
function checkChannels(channels: number): void {
  if (channels !== 1 && channels !== 2) throw unusable(`it has ${channels} channels; one or two can be sent`);
}

/** A file that is read, and is no clip. */
function unusable(what: string): UsageError {
  return new UsageError(what, { code: 'clip-unusable' });
}

async function readAll(
  track: AsyncIterable<EncodedFrame>,
  kind: MediaKind,
): Promise<Pick<Clip, 'frames' | 'duration'>> {
  const frames: EncodedFrame[] = [];
  let [start, end, size] = [0, 0, 0];
  for await (const frame of track) {
    const last = frames.at(-1);
    if (!last) {
      if (!frame.keyFrame) continue;
      start = frame.at;
    }
    size += frame.data.length;
    if (size > largest || frames.length >= mostFrames)
      throw unusable(`it has more than ${largest / 1024 / 1024} MiB or ${mostFrames} frames`);
    // Frames of a film may be in another order than their times.
    const at = Math.max(frame.at - start, last?.at ?? 0);
    if (last) last.duration = at - last.at;
    frames.push({ ...(kind === 'audio' ? withLevel(frame) : frame), at });
    end = Math.max(end, at + frame.duration);
  }
  const last = frames.at(-1);
  if (!last) throw unusable('there is nothing in it that could be played');
  // Not in no time at all, again and again.
  const duration = Math.max(end, frames.length);
  last.duration = duration - last.at;
  return { frames, duration };
}
