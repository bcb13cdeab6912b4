/** A camera in three sizes, of a test picture that ffmpeg has encoded: frames go out at their pace until it is disposed. */
import type { Conference, LocalTrack } from '../../src/index.ts';
import { readClip } from '../../src/media/clips/load-clip.ts';
import { ffmpegOutput } from '../../src/media/ffmpeg/run-ffmpeg.ts';

const framesPerSecond = 25;
/** Heights, and bit/s. */
const sizes = [
  { height: 180, maxBitrate: 150_000 },
  { height: 360, maxBitrate: 400_000 },
  { height: 720, maxBitrate: 1_200_000 },
];

export interface LayeredCamera extends Disposable {
  readonly track: LocalTrack;
}

/** @param codec with its encoder of ffmpeg */
export async function layeredCamera(
  conference: Conference,
  codec: 'vp8' | 'vp9' = 'vp8',
): Promise<LayeredCamera> {
  const clips = await Promise.all(
    sizes.map(async ({ height, maxBitrate }) => {
      const width = (height * 16) / 9;
      const output = [
        '-t',
        '4',
        '-pix_fmt',
        'yuv420p',
        '-g',
        String(framesPerSecond),
        '-b:v',
        String(maxBitrate),
      ];
      const encoder = [
        '-c:v',
        codec === 'vp8' ? 'libvpx' : 'libvpx-vp9',
        '-deadline',
        'realtime',
        '-cpu-used',
        '8',
      ];
      const bytes = await ffmpegOutput({
        purpose: 'to test',
        timeout: 120_000,
        inputs: [{ lavfi: `testsrc=size=${width}x${height}:rate=${framesPerSecond}` }],
        output: [...output, ...encoder, '-auto-alt-ref', '0', '-f', 'ivf'],
      });
      return readClip('video', bytes);
    }),
  );
  const track = conference.addTrack({ kind: 'video', codec, layers: sizes });
  let count = 0;
  const timer = setInterval(() => {
    for (const [layer, { frames }] of clips.entries()) {
      const frame = frames[count % frames.length];
      if (frame)
        track.send({
          data: frame.data,
          timestamp: (count * 1_000) / framesPerSecond,
          keyFrame: frame.keyFrame,
          layer,
        });
    }
    count++;
  }, 1_000 / framesPerSecond);
  return { track, [Symbol.dispose]: () => clearInterval(timer) };
}
