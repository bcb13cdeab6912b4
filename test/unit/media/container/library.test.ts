import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { levelsIn } from '../../../../src/media/container/audio-levels.ts';
import { annexBOf } from '../../../../src/media/container/avc.ts';
import type { EncodedFrame, EncodedTrack, Media } from '../../../../src/media/container/media.ts';
import { openMedia } from '../../../../src/media/container/open-media.ts';
import { describeFrame } from '../../../../src/rtp/codecs/describe-frame.ts';

const path = (name: string): string => `test/fixtures/containers/${name}`;

async function all(track: EncodedTrack | undefined): Promise<EncodedFrame[]> {
  const frames: EncodedFrame[] = [];
  for await (const frame of track ?? []) frames.push(frame);
  return frames;
}

const keys = (frames: readonly EncodedFrame[]): number[] =>
  frames.flatMap(({ keyFrame }, index) => (keyFrame ? [index] : []));

describe('WebM', () => {
  it('has sound and pictures with their times', async () => {
    using media = await openMedia(path('short.webm'));
    expect(media).toMatchObject({ format: 'webm', isSeekable: true });
    expect(media.duration).toBeCloseTo(1_000, -2);
    expect(media.audio).toMatchObject({ codec: 'opus', channels: 1 });
    expect(media.video).toMatchObject({ codec: 'vp8', width: 64, height: 48 });
    const sound = await all(media.audio);
    expect(sound.length).toBeGreaterThanOrEqual(50);
    // Nothing is between two packets, whatever the file's rounding is.
    expect(sound.every(({ at, duration }, index) => at === index * 20 && duration === 20)).toBe(true);
    const pictures = await all(media.video);
    expect([pictures.length, keys(pictures)]).toEqual([10, [0, 5]]);
    media.close();
  });

  it('goes to another place', async () => {
    using media = await openMedia(path('short.webm'));
    const { audio, video } = media;
    await video?.seek(700);
    expect(await video?.read()).toMatchObject({ keyFrame: true });
    expect((await all(video)).length).toBe(4);
    await audio?.seek(500);
    expect((await audio?.read())?.at).toBeGreaterThan(470);
    await audio?.seek(60_000);
    expect(await audio?.read()).toBeUndefined();
    await audio?.seek(0);
    expect((await audio?.read())?.at).toBe(0);
  });

  it('that goes on with something else does not hold up anybody', async () => {
    const bytes = Buffer.concat([readFileSync(path('short.webm')).subarray(0, 400), Buffer.alloc(20_000)]);
    const reading = async (): Promise<void> => {
      const media = await openMedia(bytes);
      await all(media.audio);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'container-damaged' });
  });
});

describe('MP4', () => {
  it.each(['short.mp4', 'fragmented.mp4'])('%s has H.264 as RTP takes it', async (name) => {
    using media = await openMedia(path(name));
    const { audio, video } = media;
    expect(audio?.codec).toBe(name === 'short.mp4' ? 'aac' : 'opus');
    expect(video).toMatchObject({ codec: 'h264', width: 64, height: 48 });
    const pictures = await all(video);
    expect([pictures.length, keys(pictures)]).toEqual([10, [0, 5]]);
    const sizes = [0, 5].map(
      (index) => describeFrame('h264', pictures[index]?.data ?? new Uint8Array()).size,
    );
    expect(sizes).toEqual([
      { width: 64, height: 48 },
      { width: 64, height: 48 },
    ]);
    expect((await all(audio)).length).toBeGreaterThan(40);
  });

  it('does not say how many samples there are without having them', async () => {
    const damaged = (name: string, box: string, offset: number): Uint8Array => {
      const file = readFileSync(path(name));
      file.writeUInt32BE(0xfffffff0, file.indexOf(box, 0, 'latin1') + offset);
      return file;
    };
    const readAll = async (bytes: Uint8Array): Promise<void> => {
      using media = await openMedia(bytes);
      const { audio, video } = media;
      await all(video);
      await all(audio);
    };
    await expect(readAll(damaged('fragmented.mp4', 'trun', 8))).rejects.toMatchObject({
      code: 'container-too-costly',
    });
    await expect(readAll(damaged('short.mp4', 'stsz', 12))).rejects.toMatchObject({
      code: 'container-damaged',
    });
  });

  it('does not do so in a fragment either that its index says is in the middle of media', async () => {
    const file = readFileSync(path('fragmented.mp4'));
    const end = file.indexOf('mfra', 0, 'latin1') - 4;
    const moof = file.indexOf('moof', 0, 'latin1') - 4;
    const hidden = Buffer.from(file.subarray(moof, moof + file.readUInt32BE(moof)));
    // Samples without a byte for each.
    const run = hidden.indexOf('trun', 0, 'latin1') + 4;
    hidden.writeUInt32BE(0, run);
    hidden.writeUInt32BE(600_000, run + 4);
    const media = Buffer.concat([Buffer.from('....mdat........', 'latin1'), hidden]);
    media.writeUInt32BE(media.length);
    const index = Buffer.from(file.subarray(end));
    for (let at = index.indexOf('tfra', 0, 'latin1'); at >= 0; at = index.indexOf('tfra', at + 4, 'latin1')) {
      const isLong = index[at + 4] === 1;
      const entries = index.readUInt32BE(at + 16);
      const last = at + 20 + (entries - 1) * (isLong ? 19 : 11);
      if (isLong) index.writeBigUInt64BE(BigInt(end + 16), last + 8);
      else index.writeUInt32BE(end + 16, last + 4);
    }
    const { video } = await openMedia(Buffer.concat([file.subarray(0, end), media, index]));
    await expect(video?.seek(60_000)).rejects.toMatchObject({ code: 'container-too-costly' });
  });
});

describe('a picture of H.264', () => {
  const configuration = { lengthSize: 1, parameterSets: [] };

  it('has no more pieces than pictures have', () => {
    const units = (count: number): Uint8Array => new Uint8Array(2 * count).fill(1);
    expect(annexBOf(units(1_000), configuration)).toHaveLength(5_000);
    expect(annexBOf(units(100_000), configuration)).toBeUndefined();
  });
});

it('levels of hours are read, and no more', () => {
  expect(levelsIn('ff05')).toHaveLength(2);
  expect(levelsIn('7f'.repeat(2_000_000))).toHaveLength(1_000_000);
});

describe('a stream', () => {
  it.each(['short.webm', 'fragmented.mp4'])('of %s is read as it comes', async (name) => {
    const bytes = readFileSync(path(name));
    const pieces = Array.from({ length: Math.ceil(bytes.length / 500) }, (_, index) =>
      bytes.subarray(index * 500, index * 500 + 500),
    );
    const media = await openMedia(Readable.from(pieces));
    expect(media.isSeekable).toBe(false);
    expect((await all(media.video)).length).toBe(10);
    expect((await all(media.audio)).length).toBeGreaterThan(40);
    await expect(media.audio?.seek(0)).rejects.toMatchObject({ code: 'media-not-seekable' });
    media.close();
  });

  it('that fails says why', async () => {
    const bytes = readFileSync(path('short.webm'));
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytes.subarray(0, 2_000));
      throw new Error('the disk is gone');
    }
    const reading = async (): Promise<Media> => {
      const media = await openMedia(broken());
      await all(media.video);
      return media;
    };
    await expect(reading()).rejects.toMatchObject({
      code: 'media-unreadable',
      message: 'reading the stream: the disk is gone',
    });
  });

  it('of no media is told apart by its first bytes', async () => {
    await expect(openMedia(Readable.from([Buffer.from('ID3\x04 and so on')]))).rejects.toMatchObject({
      code: 'container-unknown',
      message: 'the stream cannot be used: it is MP3; Ogg, WebM, MP4 and IVF are read as they are',
    });
  });
});

it('what is closed is not read any more', async () => {
  using media = await openMedia(path('short.webm'));
  media.close();
  media.close();
  await expect(media.audio?.read()).rejects.toMatchObject({ code: 'media-closed' });
});
