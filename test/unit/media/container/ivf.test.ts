import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../../src/base/errors.ts';
import { builtInClip, readClip } from '../../../../src/media/clips/load-clip.ts';
import type { Clip } from '../../../../src/media/clips/clip.ts';
import { openMedia } from '../../../../src/media/container/open-media.ts';
import { ivf, vp8Frame } from '../../../support/ivf.ts';

const frames = [true, false, false, true].map((isKey, time) => ({ time, data: vp8Frame(isKey, 10 + time) }));

const readIvf = (bytes: Uint8Array): Promise<Clip> => readClip('video', bytes);

describe('an IVF file', () => {
  it('has frames with their times, and what it is', async () => {
    const clip = await readIvf(ivf(frames, { rate: 25, width: 320, height: 180 }));
    expect(clip).toMatchObject({ kind: 'video', codec: 'vp8', width: 320, height: 180, duration: 160 });
    expect(clip.frames.map(({ at, keyFrame, data }) => [at, keyFrame, data.length])).toEqual([
      [0, true, 10],
      [40, false, 11],
      [80, false, 12],
      [120, true, 13],
    ]);
  });

  it.each([
    ['VP80', 'vp8', [0x10]],
    ['VP90', 'vp9', [0x82, 0x49, 0x83, 0x42]],
    ['AV01', 'av1', [0x12, 0x00, 0x0a, 0x01, 0x00, 0x32, 0x01, 0x10]],
    ['H264', 'h264', [0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 2]],
  ])('of %s is %s', async (fourCc, codec, bytes) => {
    const clip = await readIvf(ivf([{ time: 5, data: Uint8Array.from(bytes) }], { fourCc }));
    expect(clip.codec).toBe(codec);
    expect(clip.frames).toHaveLength(1);
  });

  it('begins with its first key frame', async () => {
    const clip = await readIvf(
      ivf(
        [
          { time: 0, data: vp8Frame(false) },
          { time: 3, data: vp8Frame(true) },
        ],
        { rate: 1000 },
      ),
    );
    expect(clip.frames.map(({ at }) => at)).toEqual([0]);
    expect(clip.duration).toBe(100);
  });

  it('takes times of 64 bits and odd units', async () => {
    const start = 2 ** 40;
    const late = [0, 1001, 2002].map((time) => ({ time: start + time, data: vp8Frame(true) }));
    expect((await readIvf(ivf(late, { rate: 30_000 }))).frames[1]?.at).toBeCloseTo(33.367, 3);
    expect((await readIvf(ivf(frames, { rate: 30_000, scale: 1001 }))).duration).toBeCloseTo(133.467, 3);
  });

  it('reads our own', async () => {
    const clip = await builtInClip('picture');
    expect(clip).toMatchObject({ kind: 'video', codec: 'vp8', width: 640, height: 360 });
    expect(clip.duration).toBeCloseTo(3000, 6);
    expect(clip.frames).toHaveLength(90);
    expect(clip.frames.flatMap(({ keyFrame }, index) => (keyFrame ? [index] : []))).toEqual([0, 30, 60]);
  });
});

describe('going to another place in an IVF file', () => {
  const film = ivf(
    Array.from({ length: 10 }, (_, time) => ({ time, data: vp8Frame(time % 4 === 0, 10 + time) })),
    { rate: 10 },
  );

  it('leads to the key frame before it', async () => {
    const { video, duration, isSeekable } = await openMedia(film);
    expect([duration, isSeekable]).toEqual([1000, true]);
    const after = async (time: number): Promise<(number | undefined)[]> => {
      await video?.seek(time);
      return [(await video?.read())?.at, (await video?.read())?.at];
    };
    expect(await after(550)).toEqual([400, 500]);
    expect(await after(400)).toEqual([400, 500]);
    expect(await after(0)).toEqual([0, 100]);
    expect(await after(950)).toEqual([800, 900]);
    expect(await after(1000)).toEqual([undefined, undefined]);
    expect(await after(-5)).toEqual([0, 100]);
  });

  it('cannot be done in a stream, which is read as it comes', async () => {
    const pieces = Array.from(
      { length: Math.ceil(film.length / 7) },
      (_, index) => new Uint8Array(film.subarray(index * 7, index * 7 + 7)),
    );
    async function* stream(): AsyncGenerator<Uint8Array> {
      for (const piece of pieces) yield await Promise.resolve(piece);
    }
    const { video } = await openMedia(stream());
    const times: number[] = [];
    for await (const { at } of video ?? []) times.push(at);
    expect(times).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    await expect(video?.seek(0)).rejects.toMatchObject({ code: 'media-not-seekable' });
  });
});

describe('what is no IVF file', () => {
  const tooFast = ivf(
    Array.from({ length: 200 }, (_, time) => ({ time, data: vp8Frame(true) })),
    { rate: 1_000_000 },
  );
  const good = ivf(frames);
  const at = (offset: number, byte: number): Buffer => {
    const copy = Buffer.from(good);
    copy[offset] = byte;
    return copy;
  };
  it.each([
    ['a short header', good.subarray(0, 31), 'ivf-header'],
    ['another version', at(4, 1), 'ivf-header'],
    ['a header that ends within itself', at(6, 4), 'ivf-header'],
    ['no unit of time', ivf(frames, { rate: 0 }), 'ivf-header'],
    ['another codec', ivf(frames, { fourCc: 'HEVC' }), 'ivf-codec'],
    ['no frames', good.subarray(0, 32), 'ivf-no-key-frame'],
    ['no key frame', ivf([{ time: 0, data: vp8Frame(false) }]), 'ivf-no-key-frame'],
    ['an end within a frame', good.subarray(0, good.length - 1), 'ivf-truncated'],
    ['an end within a frame header', good.subarray(0, 40), 'ivf-truncated'],
    ['an empty frame', ivf([{ time: 0, data: Buffer.alloc(0) }]), 'ivf-frame'],
    ['times that stand still', ivf(frames.map(({ data }) => ({ time: 1, data }))), 'ivf-times'],
    ['too many frames a second', tooFast, 'ivf-times'],
    ['years between frames', ivf(frames, { scale: 2 ** 31, rate: 1 }), 'ivf-times'],
  ])('%s', async (_, bytes, code) => {
    await expect(readIvf(bytes)).rejects.toThrow(expect.objectContaining({ code, source: 'ivf' }));
  });

  it('does nothing worse than a ParseError, whatever it is', async () => {
    const header = good.subarray(0, 32);
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((rest) => Buffer.concat([header, rest])),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([offset, byte]) => at(offset, byte)),
    );
    await fc.assert(
      fc.asyncProperty(junk, async (bytes) => {
        try {
          const clip = await readIvf(bytes);
          expect(clip.frames.length).toBeGreaterThan(0);
          expect(clip.duration).toBeGreaterThanOrEqual(clip.frames.length);
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
        }
      }),
    );
  });
});
