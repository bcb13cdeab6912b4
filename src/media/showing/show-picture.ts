/** Still pictures and slides into the conference, as a screen or a camera. */
import { type Clock, steadyClock } from '../../base/clock.ts';
import { MediaError } from '../../base/errors.ts';
import { SerialQueue } from '../../base/serial-queue.ts';
import { checkOptions, type Kinds, limit, oneOf, text } from '../../client/check-arguments.ts';
import type { LocalTrack } from '../../client/media/local/local-track.ts';
import type { Clip } from '../clips/clip.ts';
import { ClipFrames } from '../clips/clip-frames.ts';
import { readClip } from '../clips/load-clip.ts';
import type { MediaOrigin } from '../origin/byte-source.ts';
import { type OriginOptions, originKinds } from '../origin/open-origin.ts';
import { FramePlayer } from '../pacing/frame-player.ts';
import { encodePicture, type EncodeOptions } from './encode-picture.ts';
import type { ShowingConference } from './show-video.ts';
import { type Showing, ShownVideo } from './shown-video.ts';

export interface ShowPictureOptions extends OriginOptions {
  /** Default `desktop`: the others' interfaces show it large, and whole. */
  videoType?: 'camera' | 'desktop';
  /** Pixels; what is higher is made smaller. Default 1080. */
  maxHeight?: number;
  /** Path of ffmpeg. Default: looked for on the PATH. */
  ffmpeg?: string;
}

const kinds: Kinds<ShowPictureOptions> = {
  ...originKinds,
  videoType: oneOf('camera', 'desktop'),
  maxHeight: limit,
  ffmpeg: text,
};

/** A picture that is being shown until the next one is. */
export class ShownPicture extends ShownVideo {
  readonly #next: (picture: MediaOrigin) => Promise<void>;

  /** Use {@link showPicture}. */
  constructor(
    video: LocalTrack,
    next: (picture: MediaOrigin) => Promise<void>,
    showing: Showing,
    signal: AbortSignal | undefined,
  ) {
    super(video, undefined, showing, signal);
    this.#next = next;
  }

  /**
   * Shows another picture from now on, of any size. Resolves when it is on its way; where it cannot be shown, the one before stays. Several are
   * shown in the order in which they were given.
   * @throws as {@link showPicture}
   */
  show(picture: MediaOrigin): Promise<void> {
    return this.#next(picture);
  }
}

/**
 * Shows a picture (PNG, JPEG or WebP), and others after it with `show`. Each is encoded once, by ffmpeg, as VP8; it is sent while somebody wants to see it,
 * a few small frames a second, with its key frame whenever somebody needs it.
 * @throws UsageError `picture-unknown`, `picture-too-large`, `ffmpeg-missing`, `option-invalid`, `option-unknown`; MediaError `ffmpeg-failed`; TimeoutError
 *   `ffmpeg-timeout`; what is wrong with where it is; ConnectionError `not-joined`; the signal's reason
 */
export async function showPicture(
  conference: ShowingConference,
  picture: MediaOrigin,
  options: ShowPictureOptions = {},
  clock: Clock = steadyClock,
): Promise<ShownPicture> {
  checkOptions('showing a picture', kinds, options);
  const { ffmpeg, maxHeight = 1080, signal, videoType = 'desktop', ...others } = options;
  const stopping = new AbortController();
  // Fetching and encoding end with what they are for.
  const either = signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal;
  const origin: OriginOptions = { ...others, signal: either };
  const encoding: EncodeOptions = { maxHeight, ffmpeg, signal: either };
  const first = await filmOf(picture, origin, encoding);
  signal?.throwIfAborted();
  const video = conference.addTrack({ kind: 'video', codec: 'vp8', videoType });
  const queue = new SerialQueue();
  let player: FramePlayer | undefined;
  const play = (film: Clip): void => {
    player?.stop();
    player = new FramePlayer(new ClipFrames(film), {
      clock,
      send: (_, frame) => void video.send(frame),
      roundBegan: (round) => round === 1 && shown.began(round),
    });
    player.start();
  };
  const show = async (next: MediaOrigin): Promise<void> => {
    const film = await filmOf(next, origin, encoding);
    either.throwIfAborted();
    play(film);
  };
  const stop = (): void => {
    const reason = over();
    queue.close(reason);
    stopping.abort(reason);
    player?.stop();
  };
  const requestKeyFrame = (): void => player?.requestKeyFrame();
  const shown = new ShownPicture(
    video,
    (next) => queue.run(() => show(next)),
    { stop, requestKeyFrame },
    signal,
  );
  if (!video.isStopped) play(first);
  return shown;
}

async function filmOf(picture: MediaOrigin, origin: OriginOptions, encoding: EncodeOptions): Promise<Clip> {
  return readClip('video', await encodePicture(picture, origin, encoding));
}

function over(): MediaError {
  return new MediaError('showing a picture: this is over; begin anew with showPicture', {
    code: 'showing-over',
  });
}
