/** Ogg that is made to cost much. */
import { describe, expect, it } from 'vitest';
import { openMedia } from '../../../../src/media/container/open-media.ts';
import { isChained } from '../../../../src/media/container/ogg-links.ts';
import type { ByteSource, MediaOrigin } from '../../../../src/media/origin/byte-source.ts';
import { oggOpus, oggPage, opusHead, opusTags } from '../../../support/ogg.ts';

const megabyte = 1024 * 1024;
const sound = oggOpus([Buffer.from([0x08, 1, 1])]);
const nothing = oggOpus([]);
const pictures = oggPage([Buffer.from('\x80theora')], { isFirst: true });
/** 65 kB */
const picture = oggPage([Buffer.alloc(254 * 255)]);

/** The beginning, then the same again and again: far more than there should be read, but not for ever. */
async function* endless(beginning: Buffer, again: Buffer, times: number): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(beginning);
  for (let left = times; left > 0; left -= 1) yield again;
}

/** @returns how many frames there were before it failed */
async function framesUntil(code: string, origin: MediaOrigin): Promise<number> {
  using media = await openMedia(origin);
  let count = 0;
  const all = (async () => {
    for await (const _ of media.audio ?? []) count += 1;
  })();
  await expect(all).rejects.toMatchObject({ code });
  return count;
}

describe('a chain in which no more sound comes', () => {
  it.each([
    ['a stream', endless(sound, nothing, 5_000)],
    ['bytes', Buffer.concat([sound, ...Array<Buffer>(5_000).fill(nothing)])],
  ])('is not read through for links with a beginning only: %s', async (_, origin) => {
    expect(await framesUntil('container-damaged', origin)).toBe(1);
  });

  it.each([
    ['that has no sound', Buffer.concat([sound, pictures])],
    [
      'whose sound has ended',
      Buffer.concat([
        sound,
        pictures,
        oggPage([opusHead()], { serialNumber: 2, isFirst: true }),
        nothing.subarray(47),
      ]),
    ],
  ])('is not read through for a link without an end %s', async (_, beginning) => {
    const origin = endless(beginning, picture, (100 * megabyte) / picture.length);
    expect(await framesUntil('container-too-costly', origin)).toBe(1);
  });

  it('may have some of both between two frames', async () => {
    const part = Buffer.concat([
      sound,
      pictures,
      ...Array<Buffer>(20).fill(picture),
      ...Array<Buffer>(50).fill(nothing),
    ]);
    const times = Math.ceil((70 * megabyte) / part.length);
    using media = await openMedia(endless(Buffer.alloc(0), part, times));
    let count = 0;
    for await (const _ of media.audio ?? []) count += 1;
    expect(count).toBe(times);
  });
});

/** A near source that begins with these bytes, has zeros in its middle, and ends with those; with the number of bytes that were read. */
function sparse(
  beginning: Uint8Array,
  size: number,
  end: Uint8Array,
): { source: ByteSource; wanted: () => number } {
  let wanted = 0;
  const source: ByteSource = {
    name: 'a file',
    size,
    isSeekable: true,
    isNear: true,
    read: (start, stop) => {
      wanted += stop - start;
      const bytes = Buffer.alloc(stop - start);
      bytes.set(beginning.subarray(start, stop));
      const from = size - end.length - start;
      if (from < bytes.length)
        bytes.set(end.subarray(Math.max(0, -from), bytes.length - from), Math.max(0, from));
      return Promise.resolve(bytes);
    },
    // Nobody reads it from front to back.
    bytes: () => endless(Buffer.alloc(0), Buffer.alloc(0), 0),
    close: () => {},
  };
  return { source, wanted: () => wanted };
}

describe('looking for a chain in what is near', () => {
  const small = oggPage([]);
  const manyPages = Buffer.concat([sound, ...Array<Buffer>(400_000).fill(small)]);
  const starts = Buffer.concat(Array<Buffer>(400_000).fill(oggPage([], { isFirst: true })));
  const ownNumber = oggPage([opusTags()], { serialNumber: 2 });

  it.each([
    ['many bytes', sound, 1024 * megabyte, 65 * megabyte],
    ['many pages', manyPages, manyPages.length, 4 * megabyte],
    ['many beginnings', Buffer.concat([starts, manyPages]), 22 * megabyte, 8 * megabyte],
  ])('goes through a part of %s, and the end', async (_, beginning, size, most) => {
    for (const [end, chained] of [
      [small, false],
      [ownNumber, true],
    ] as const) {
      const { source, wanted } = sparse(beginning, size, end);
      expect(await isChained(source)).toBe(chained);
      expect(wanted()).toBeLessThan(most);
    }
  });
});
