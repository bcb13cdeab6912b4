/** Films into the conference, as a camera or a screen, as they are encoded. */
import { type Clock, steadyClock } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';
import { UsageError } from '../../base/errors.ts';
import { checkOptions, flag, type Kinds, oneOf } from '../../client/check-arguments.ts';
import type { Conference } from '../../client/conference.ts';
import type { LocalTrack } from '../../client/media/local/local-track.ts';
import type { CodecName } from '../../rtp/parameters.ts';
import type { EncodedVideo, Media } from '../container/media.ts';
import { openMedia } from '../container/open-media.ts';
import type { MediaOrigin } from '../origin/byte-source.ts';
import { type OriginOptions, originKinds } from '../origin/open-origin.ts';
import { FilmFrames } from './film-frames.ts';
import { type FilmOptions, playFilm } from './play-film.ts';
import { ShownVideo } from './shown-video.ts';

export interface ShowVideoOptions extends OriginOptions {
  /** Default `camera`. */
  videoType?: 'camera' | 'desktop';
  /** Again and again, without a pause between. Default false. */
  loop?: boolean;
  /** Its sound too. Default: where it is Opus, which is sent as it is. */
  sound?: boolean;
  /**
   * A stream that is made while it is shown, as by ffmpeg of a camera: each frame goes out when it comes, and what comes while nobody can see it is
   * lost. Default false: it begins when it can be seen and has its own pace, and whoever makes it is held back.
   */
  live?: boolean;
}

export const showKinds: Kinds<ShowVideoOptions> = {
  ...originKinds,
  videoType: oneOf('camera', 'desktop'),
  loop: flag,
  sound: flag,
  live: flag,
};

/** As much of a conference as is needed. */
export type ShowingConference = Pick<Conference, 'addTrack'>;

const sendable: readonly string[] = ['vp8', 'vp9', 'av1', 'h264'] satisfies CodecName[];

/**
 * Shows a film: WebM, MP4 or IVF with VP8, VP9, AV1 or H264, from a path, an address, bytes, or a stream such as what ffmpeg writes. Nothing is
 * decoded. It is over at its end, or when it is stopped, the signal is aborted, or the conference ends; reconnecting is survived.
 * @throws UsageError `video-codec`, `sound-codec`, `media-not-seekable` (a stream cannot be looped), `option-invalid`, `option-unknown`; what is wrong with
 *   where it is or what is in it; ConnectionError `not-joined`; the signal's reason
 */
export async function showVideo(
  conference: ShowingConference,
  source: MediaOrigin,
  options: ShowVideoOptions = {},
  clock: Clock = steadyClock,
): Promise<ShownVideo> {
  checkOptions('showing a film', showKinds, options);
  const { live = false, loop = false, signal, sound, videoType = 'camera', ...origin } = options;
  signal?.throwIfAborted();
  const media = await openMedia(source, { ...origin, ...defined({ signal }) });
  try {
    signal?.throwIfAborted();
    const codec = codecOf(media.video);
    const hasSound = soundOf(media, sound);
    const frames = new FilmFrames(media, { loop, sound: hasSound });
    const video = conference.addTrack({ kind: 'video', codec, videoType });
    const audio = hasSound ? conference.addTrack({ kind: 'audio', codec: 'opus' }) : undefined;
    return play(frames, { video, audio }, { live, mayJump: loop && !hasSound }, signal, clock);
  } catch (error) {
    media.close();
    throw error;
  }
}

function play(
  frames: FilmFrames,
  { audio, video }: { video: LocalTrack; audio: LocalTrack | undefined },
  options: FilmOptions,
  signal: AbortSignal | undefined,
  clock: Clock,
): ShownVideo {
  const player = playFilm(
    frames,
    {
      clock,
      send: (kind, frame) => void (kind === 'video' ? video : audio)?.send(frame),
      roundBegan: (round) => shown.began(round),
      ended: (failure) => shown.ended(failure),
    },
    options,
  );
  const stop = (): void => {
    player.stop();
    frames.close();
  };
  const requestKeyFrame = (): void => player.requestKeyFrame();
  const shown = new ShownVideo(video, audio, { stop, requestKeyFrame }, signal);
  if (video.isStopped) return shown;
  void video.ready(defined({ signal })).then((isReady) => isReady && player.start());
  return shown;
}

function codecOf(video: EncodedVideo | undefined): CodecName {
  if (video && sendable.includes(video.codec)) return video.codec as CodecName;
  const what = video ? `its pictures are in ${video.codec}` : 'there are no pictures in it';
  throw new UsageError(
    `showing a film: ${what}; what can be sent is ${sendable.join(', ')}. ffmpeg makes that of most: -c:v libvpx -deadline realtime -g 60`,
    { code: 'video-codec' },
  );
}

function soundOf({ audio }: Media, wanted: boolean | undefined): boolean {
  const canBeSent = audio?.codec === 'opus' && audio.channels <= 2;
  if (wanted !== true || canBeSent) return canBeSent && wanted !== false;
  const what = audio
    ? `its sound is in ${audio.codec} (${audio.channels} channels)`
    : 'there is no sound in it';
  throw new UsageError(
    `showing a film with its sound: ${what}; what can be sent is Opus, with one channel or two. ffmpeg makes that: -c:a libopus`,
    { code: 'sound-codec' },
  );
}
