/** Key frames of every codec as pictures of every format, made and judged by ffmpeg. */
import { describe, expect, it } from 'vitest';
import { ffmpegOutput } from '../../../src/media/ffmpeg/run-ffmpeg.ts';
import {
  convertPicture,
  isPassedThrough,
  type PictureFormat,
} from '../../../src/media/snapshot/convert-picture.ts';
import { frameOfIvf } from '../../../src/media/snapshot/ivf-picture.ts';
import { describeFrame } from '../../../src/rtp/codecs/describe-frame.ts';

const encoders = {
  vp8: ['-c:v', 'libvpx', '-b:v', '4M', '-f', 'ivf'],
  vp9: ['-c:v', 'libvpx-vp9', '-b:v', '4M', '-f', 'ivf'],
  av1: ['-c:v', 'libaom-av1', '-cpu-used', '8', '-crf', '20', '-f', 'ivf'],
  h264: ['-c:v', 'libx264', '-profile:v', 'baseline', '-f', 'h264'],
} as const;
type Codec = keyof typeof encoders;
const formats: readonly PictureFormat[] = ['webp', 'avif', 'png', 'jpeg'];
const run = { purpose: 'to test', timeout: 120_000 };
const testPicture = { lavfi: 'testsrc=size=320x180:rate=1' };

async function keyFrame(codec: Codec): Promise<Uint8Array> {
  const output = ['-frames:v', '1', '-pix_fmt', 'yuv420p', ...encoders[codec]];
  const file = await ffmpegOutput({ ...run, inputs: [testPicture], output });
  return codec === 'h264' ? file : frameOfIvf(file);
}

/** Grey levels, row by row. */
function greyOf(data: Uint8Array, format: PictureFormat): Promise<Uint8Array> {
  // Debian's ffmpeg 5.1 reads no AVIF from a pipe by its name.
  const options = format === 'avif' ? [] : ['-f', `${format}_pipe`];
  return ffmpegOutput({
    ...run,
    inputs: [{ options, data }],
    output: ['-pix_fmt', 'gray', '-f', 'rawvideo'],
  });
}

describe('a picture', () => {
  it.each(Object.keys(encoders) as Codec[])('of %s, in every format', async (codec) => {
    const data = await keyFrame(codec);
    const { keyFrame: isKeyFrame, size } = describeFrame(codec, data);
    expect(isKeyFrame).toBe(true);
    expect(size).toEqual({ width: 320, height: 180 });
    const original = await ffmpegOutput({
      ...run,
      inputs: [testPicture],
      output: ['-frames:v', '1', '-pix_fmt', 'gray', '-f', 'rawvideo'],
    });
    for (const format of formats) {
      const options = { format, maxHeight: -1, ffmpeg: undefined, signal: undefined, timeout: 120_000 };
      const picture = await convertPicture({ codec, data, width: 320, height: 180 }, options);
      expect(picture).toMatchObject({ width: 320, height: 180 });
      const grey = await greyOf(picture.data, format);
      expect(grey.length, format).toBe(320 * 180);
      let sum = 0;
      for (const [index, level] of grey.entries()) sum += Math.abs(level - (original[index] ?? 0));
      // Encoders lose a little; another picture would be off by a hundred.
      expect(sum / grey.length, `${codec} as ${format}`).toBeLessThan(8);
      const most = isPassedThrough(codec, format) ? 180 : 90;
      const small = await convertPicture(
        { codec, data, width: 320, height: 180 },
        { ...options, maxHeight: 90 },
      );
      expect([small.width, small.height]).toEqual([(most * 16) / 9, most]);
      expect((await greyOf(small.data, format)).length).toBe(small.width * small.height);
    }
  });

  it('that says that it is larger than any is not decoded', async () => {
    const data = Buffer.from(await keyFrame('vp8'));
    const [width, height] = [8_000, 6_000];
    data.writeUInt16LE(width, 6);
    data.writeUInt16LE(height, 8);
    const options = { maxHeight: 90, ffmpeg: undefined, signal: undefined, timeout: 120_000 };
    await expect(
      convertPicture({ codec: 'vp8', data, width, height }, { ...options, format: 'png' }),
    ).rejects.toMatchObject({
      code: 'ffmpeg-failed',
      cause: { message: expect.stringContaining('max pixel count') },
    });
  });
});
