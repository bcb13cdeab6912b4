/** A key frame as a picture: by itself where its codec allows it, else decoded and encoded by ffmpeg. */
import { MediaError } from '../../base/errors.ts';
import type { FrameSize } from '../../rtp/codecs/frame-size.ts';
import type { CodecName } from '../../rtp/parameters.ts';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { ffmpegOutput } from '../ffmpeg/run-ffmpeg.ts';
import { avifOf } from './avif.ts';
import { frameOfIvf, ivfOf } from './ivf-picture.ts';
import { webpOf } from './webp.ts';

export type PictureFormat = 'webp' | 'avif' | 'png' | 'jpeg';

export interface KeyFrame extends FrameSize {
  codec: CodecName;
  data: Uint8Array;
}

export interface ConvertOptions {
  format: PictureFormat;
  /** Pixels; what is higher is made smaller, unless nothing is decoded. */
  maxHeight: number;
  ffmpeg: string | undefined;
  signal: AbortSignal | undefined;
  /** ms */
  timeout: number;
}

export interface Picture extends FrameSize {
  data: Uint8Array;
}

const encoders: Readonly<Record<PictureFormat, readonly string[]>> = {
  webp: ['-c:v', 'libwebp', '-f', 'image2pipe'],
  // One frame of AV1, which is put into a picture's file by us.
  avif: ['-c:v', 'libaom-av1', '-still-picture', '1', '-cpu-used', '6', '-crf', '28', '-f', 'ivf'],
  png: ['-c:v', 'png', '-f', 'image2pipe'],
  jpeg: ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '2', '-f', 'image2pipe'],
};

/** Pixels that are decoded of what a stranger sends: more than 8K has. They cost ffmpeg some bytes each. */
const mostPixels = 40_000_000;

/** It needs no decoder. */
export function isPassedThrough(codec: CodecName, format: PictureFormat): boolean {
  return (codec === 'vp8' && format === 'webp') || (codec === 'av1' && format === 'avif');
}

/** @throws UsageError `ffmpeg-missing`, where it will be needed */
export function checkFfmpeg(
  codec: CodecName | undefined,
  format: PictureFormat,
  ffmpeg: string | undefined,
): void {
  const isNeeded =
    format === 'png' || format === 'jpeg' || (codec !== undefined && !isPassedThrough(codec, format));
  if (isNeeded) findFfmpeg({ purpose: purposeOf(codec, format), ffmpeg });
}

/** @throws UsageError `ffmpeg-missing`; MediaError `ffmpeg-failed`; TimeoutError `ffmpeg-timeout`; the signal's reason */
export async function convertPicture(frame: KeyFrame, options: ConvertOptions): Promise<Picture> {
  const { codec, data, height, width } = frame;
  const { ffmpeg, format, maxHeight, signal, timeout } = options;
  const whole = isPassedThrough(codec, format) ? passedThrough(codec, data) : undefined;
  if (whole) return { data: whole, width, height };
  const size = fitting({ width, height }, maxHeight);
  const output = await ffmpegOutput({
    purpose: purposeOf(codec, format),
    inputs: [
      {
        options: ['-max_pixels', String(mostPixels), '-f', codec === 'h264' ? 'h264' : 'ivf'],
        data: codec === 'h264' ? data : ivfOf(frame),
      },
    ],
    output: ['-frames:v', '1', '-vf', `scale=${size.width}:${size.height}`, ...encoders[format]],
    ffmpeg,
    signal,
    timeout,
  });
  const picture = format === 'avif' ? avifOf(frameOfIvf(output)) : output;
  if (picture && picture.length > 0) return { data: picture, ...size };
  throw new MediaError(`ffmpeg was run ${purposeOf(codec, format)}, and made none`, {
    code: 'ffmpeg-failed',
  });
}

function passedThrough(codec: CodecName, data: Uint8Array): Uint8Array | undefined {
  return codec === 'vp8' ? webpOf(data) : avifOf(data);
}

/** Even numbers, as subsampled colours need them. */
function fitting({ height, width }: FrameSize, maxHeight: number): FrameSize {
  if (maxHeight < 0 || height <= maxHeight) return { width, height };
  const even = (pixels: number): number => Math.max(2, 2 * Math.round(pixels / 2));
  return { width: even((width * maxHeight) / height), height: even(maxHeight) };
}

function purposeOf(codec: CodecName | undefined, format: PictureFormat): string {
  const from = codec === undefined ? 'video' : codec.toUpperCase();
  return `to make a picture (${format}) of ${from}`;
}
