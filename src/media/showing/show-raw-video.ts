/** Pictures that are not encoded yet into the conference: encoded as they come, at the bitrate that fits, in one size or several. */
import { type Clock, steadyClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { abortSignal, checkOptions, type Kinds, limit, oneOf, text } from '../../client/check-arguments.ts';
import type { LocalTrack } from '../../client/media/local/local-track.ts';
import { usualBitrate } from '../../client/media/local/layer-rates.ts';
import type { LayerOptions } from '../../client/media/track-types.ts';
import type { EncodedCodec } from '../encoding/encoder-run.ts';
import { PictureEncoder } from '../encoding/picture-encoder.ts';
import { pictureBytes, rawPictures } from '../encoding/raw-pictures.ts';
import type { ShowingConference } from './show-video.ts';
import { ShownVideo } from './shown-video.ts';

export interface ShowRawVideoOptions {
  /** Pixels of each picture. */
  width: number;
  height: number;
  /** Pictures a second, about. Default 30. */
  frameRate?: number;
  /** Default `vp8`. */
  codec?: EncodedCodec;
  /** bit/s at most. Default: what lib-jitsi-meet gives such a height in that codec. With `layers`, each has its own. */
  maxBitrate?: number;
  /** Several sizes at once (simulcast), from the smallest up; none higher than the pictures. */
  layers?: readonly LayerOptions[];
  /** Default `camera`. */
  videoType?: 'camera' | 'desktop';
  /** Path of ffmpeg. Default: looked for on the PATH. */
  ffmpeg?: string;
  /** Ends it. */
  signal?: AbortSignal;
}

const kinds: Kinds<ShowRawVideoOptions> = {
  width: limit,
  height: limit,
  frameRate: limit,
  codec: oneOf('vp8', 'vp9'),
  maxBitrate: limit,
  layers: { words: 'a list of layers', fits: (value) => Array.isArray(value) },
  videoType: oneOf('camera', 'desktop'),
  ffmpeg: text,
  signal: abortSignal,
};

const longestSide = 16_383;

/**
 * Shows what a program draws or a camera gives: a stream of pictures in I420 (ffmpeg: `-f rawvideo -pix_fmt yuv420p`), each sent when it comes. ffmpeg encodes
 * them. The bitrate follows what fits through the way to the bridge: for another one the encoder is started anew, with a key frame, so it is lowered soon and raised
 * seldom. What nobody wants to see is not encoded.
 * @throws UsageError `option-invalid`, `option-unknown`, `ffmpeg-missing`; ConnectionError `not-joined`. What goes wrong later ends it: MediaError
 *   `ffmpeg-failed`, `picture-incomplete`, what the stream throws
 */
export function showRawVideo(
  conference: ShowingConference,
  pictures: AsyncIterable<Uint8Array>,
  options: ShowRawVideoOptions,
  clock: Clock = steadyClock,
): ShownVideo {
  checkOptions('showing raw pictures', kinds, options);
  const {
    codec = 'vp8',
    ffmpeg,
    frameRate = 30,
    height,
    layers,
    signal,
    videoType = 'camera',
    width,
  } = options;
  if (!isSide(width) || !isSide(height))
    throw new UsageError(
      `showing raw pictures: ${width} × ${height} is no size; give whole numbers of pixels, ${longestSide} at most`,
      { code: 'option-invalid' },
    );
  if (Array.isArray(layers) && layers.some((layer) => layer.height > height))
    throw new UsageError(
      `showing raw pictures: a layer is higher than the pictures, which have ${height} lines`,
      { code: 'option-invalid' },
    );
  signal?.throwIfAborted();
  const video = conference.addTrack({ kind: 'video', codec, videoType, ...(layers && { layers }) });
  const stopping = new AbortController();
  const encoderOf = (encodedHeight: number, maxBitrate: number, layer: number | undefined): PictureEncoder =>
    new PictureEncoder(
      { codec, encodedHeight, ffmpeg, frameRate, height, maxBitrate, signal: stopping.signal, width },
      {
        frame: ({ at, data, keyFrame }) =>
          void video.send({ data, timestamp: at, keyFrame, ...(layer !== undefined && { layer }) }),
        failed: (error) => shown.ended({ error }),
      },
    );
  const encoders =
    video.layers.length > 0
      ? video.layers.map((layer, index) => encoderOf(layer.height, layer.maxBitrate, index))
      : [encoderOf(height, options.maxBitrate ?? usualBitrate(codec, height), undefined)];
  const shown = new ShownVideo(
    video,
    undefined,
    {
      stop: () => {
        for (const encoder of encoders) encoder.stop();
        stopping.abort();
      },
      requestKeyFrame: (layer) => {
        for (const [index, encoder] of encoders.entries())
          if (layer === undefined || layer === index) encoder.requestKeyFrame();
      },
    },
    signal,
  );
  const show = async (): Promise<void> => {
    let hasBegun = false;
    for await (const picture of rawPictures(pictures, pictureBytes(width, height))) {
      if (video.isStopped) return;
      encode(picture, video, encoders, clock.now());
      if (!hasBegun) shown.began(1);
      hasBegun = true;
    }
  };
  show().then(
    () => shown.ended(),
    (error: unknown) => shown.ended({ error }),
  );
  return shown;
}

function encode(
  picture: Uint8Array,
  video: LocalTrack,
  encoders: readonly PictureEncoder[],
  now: number,
): void {
  const { layers } = video;
  for (const [index, encoder] of encoders.entries()) {
    const { isWanted, targetBitrate } = layers[index] ?? video;
    if (isWanted) encoder.encode(picture, now, targetBitrate, now);
    else encoder.stop();
  }
}

function isSide(value: number): boolean {
  return Number.isInteger(value) && value >= 2 && value <= longestSide;
}
