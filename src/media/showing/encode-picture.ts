/** A still picture as a short film of VP8, made by ffmpeg: a key frame, and frames after it that say that nothing has changed. */
import { UsageError } from '../../base/errors.ts';
import type { MediaOrigin } from '../origin/byte-source.ts';
import { openOrigin, type OriginOptions } from '../origin/open-origin.ts';
import { ffmpegOutput } from '../ffmpeg/run-ffmpeg.ts';

export interface EncodeOptions {
  /** Pixels; what is larger is made smaller. */
  maxHeight: number;
  ffmpeg: string | undefined;
  signal: AbortSignal | undefined;
}

/** bytes of a picture's file, and pixels of it */
const [largest, mostPixels] = [32 * 1024 * 1024, 100_000_000];
/** Pixels of a side that VP8 has room for (RFC 6386, 9.1: 14 bits). */
const longestSide = 16_383;
/** Whoever has seen nothing for a while takes a video for broken off. */
const framesPerSecond = 5;
/** Until the key frame comes again without being asked for. */
const seconds = 6;
/** ms */
const timeout = 30_000;

/** @throws UsageError `picture-unknown`, `picture-too-large`, `ffmpeg-missing`; MediaError `ffmpeg-failed`; as {@link openOrigin} */
export async function encodePicture(
  picture: MediaOrigin,
  origin: OriginOptions,
  { ffmpeg, maxHeight, signal }: EncodeOptions,
): Promise<Uint8Array> {
  const data = await readPicture(picture, origin);
  return await ffmpegOutput({
    purpose: 'to show a picture',
    inputs: [
      {
        options: [
          '-max_pixels',
          String(mostPixels),
          '-framerate',
          String(framesPerSecond),
          '-f',
          demuxerOf(data),
        ],
        data,
      },
    ],
    output: outputOptions(maxHeight),
    ffmpeg,
    signal,
    timeout,
  });
}

function outputOptions(maxHeight: number): string[] {
  const height = Math.min(maxHeight, longestSide);
  const most = Math.max(2, height - (height % 2));
  const scale = `scale=w=${Math.min(2 * most, longestSide - 1)}:h='min(${most},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2`;
  const frames = `loop=loop=-1:size=1,setpts=N/(${framesPerSecond}*TB)`;
  const rate = `-r ${framesPerSecond} -frames:v ${framesPerSecond * seconds} -pix_fmt yuv420p`;
  // One key frame, sharp from the beginning; nothing that is not shown.
  const encoder =
    '-c:v libvpx -deadline good -cpu-used 4 -b:v 2M -crf 8 -qmin 4 -g 9999 -auto-alt-ref 0 -lag-in-frames 0';
  return ['-vf', `${scale},${frames}`, ...`${rate} ${encoder} -f ivf`.split(' ')];
}

async function readPicture(picture: MediaOrigin, options: OriginOptions): Promise<Uint8Array> {
  const source = await openOrigin(picture, options);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of source.bytes()) {
      size += chunk.length;
      if (size > largest)
        throw new UsageError(
          `showing ${source.name}: a picture of more than ${largest / 1024 / 1024} MiB is not read`,
          {
            code: 'picture-too-large',
          },
        );
      chunks.push(chunk);
    }
  } finally {
    source.close();
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** By its first bytes; ffmpeg would take it for anything that it knows. */
function demuxerOf(data: Uint8Array): string {
  const text = (start: number, end: number): string => String.fromCharCode(...data.subarray(start, end));
  if (text(1, 4) === 'PNG') return 'png_pipe';
  if (data[0] === 0xff && data[1] === 0xd8) return 'jpeg_pipe';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp_pipe';
  throw new UsageError('showing a picture: it is neither PNG, JPEG nor WebP', { code: 'picture-unknown' });
}
