import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError, UsageError } from '../../../../src/base/errors.ts';
import { builtInClip, readClip } from '../../../../src/media/clips/load-clip.ts';
import type { Clip } from '../../../../src/media/clips/clip.ts';
import { opusDuration } from '../../../../src/rtp/codecs/opus/packet.ts';
import { oggOpus, oggPage, opusHead, opusTags } from '../../../support/ogg.ts';

/** SILK, 20 ms, one frame. */
const packet = (length: number): Buffer => Buffer.alloc(length, 0x08);
const start = [oggPage([opusHead()], { isFirst: true }), oggPage([opusTags()])];
const file = (...pages: Buffer[]): Buffer => Buffer.concat([...start, ...pages]);

const readOggOpus = (bytes: Uint8Array): Promise<Clip> => readClip('audio', bytes);

describe('Opus in Ogg', () => {
  it('has packets with their times', async () => {
    const clip = await readOggOpus(oggOpus([packet(9), Buffer.from([0x18, 1, 2]), packet(11)]));
    expect(clip).toMatchObject({ kind: 'audio', codec: 'opus', duration: 100 });
    expect(clip.frames.map(({ at, data, keyFrame }) => [at, data.length, keyFrame])).toEqual([
      [0, 9, true],
      [20, 3, true],
      [80, 11, true],
    ]);
  });

  it('takes several packets of a page, and packets that go over pages', async () => {
    const big = packet(700);
    const clip = await readOggOpus(
      file(
        oggPage([packet(5), packet(255), big.subarray(0, 255)], { isOpen: true }),
        oggPage([big.subarray(255, 510)], { isContinued: true, isOpen: true }),
        oggPage([big.subarray(510), packet(6)], { isContinued: true }),
      ),
    );
    expect(clip.frames.map(({ data }) => data.length)).toEqual([5, 255, 700, 6]);
    expect(Buffer.from(clip.frames[2]?.data ?? []).equals(big)).toBe(true);
  });

  it('leaves other streams alone, and what follows the end', async () => {
    const other = { serialNumber: 9 };
    const clip = await readOggOpus(
      Buffer.concat([
        oggPage([Buffer.from('\x80theora')], { ...other, isFirst: true }),
        oggPage([opusHead(2)], { isFirst: true }),
        oggPage([Buffer.from('frame')], other),
        oggPage([opusTags()]),
        oggPage([packet(5)], { isLast: true }),
        oggPage([opusHead()], { serialNumber: 2, isFirst: true }),
      ]),
    );
    expect(clip.frames).toHaveLength(1);
  });

  it('knows from a comment how loud packets are, else it guesses', async () => {
    const packets = [packet(9), packet(9), packet(9), packet(2)];
    const told = await readOggOpus(oggOpus(packets, 'TITLE=x', 'audio_levels=9a477F'));
    const talking = { level: 30, voice: true };
    const silence = { level: 127, voice: false };
    expect(told.frames.map(({ audioLevel }) => audioLevel)).toEqual([
      { level: 26, voice: true },
      { level: 71, voice: false },
      { level: 127, voice: false },
      silence,
    ]);
    const guessed = await readOggOpus(oggOpus(packets));
    expect(guessed.frames.map(({ audioLevel }) => audioLevel)).toEqual([talking, talking, talking, silence]);
  });

  it.each(['speech', 'tone'] as const)('reads our own %s', async (name) => {
    const { frames, duration } = await builtInClip(name);
    expect(duration).toBe(frames.length * 20);
    const loud = frames.filter(({ audioLevel }) => audioLevel?.voice === true);
    expect(loud.length / frames.length).toBeGreaterThan(0.6);
    // Bridges drop packets of silence, which are then lost to the others.
    expect(frames.every(({ audioLevel }) => audioLevel && audioLevel.level < 100)).toBe(true);
  });
});

describe('what is no Opus in Ogg', () => {
  const good = oggOpus([packet(9), packet(9)]);
  it.each([
    ['text', Buffer.from('this is not a sound'), 'container-unknown'],
    ['nothing', Buffer.alloc(0), 'container-unknown'],
    ['another stream', oggPage([Buffer.from('\x80theora')], { isFirst: true }), 'container-empty'],
    ['an end within the first page', good.subarray(0, 30), 'container-damaged'],
    ['a short head', file(oggPage([packet(9)])).subarray(0, 40), 'container-damaged'],
    ['what is no Opus packet', file(oggPage([Buffer.from([0x1b, 3]), packet(5)])), 'container-damaged'],
  ])('%s', async (_, bytes, code) => {
    await expect(readOggOpus(bytes)).rejects.toThrow(expect.objectContaining({ code, source: 'container' }));
  });

  it.each([
    ['no sound', file()],
    ['six channels', Buffer.concat([oggPage([opusHead(6, 1)], { isFirst: true }), good.subarray(47)])],
  ])('and cannot be played: %s', async (_, bytes) => {
    await expect(readOggOpus(bytes)).rejects.toThrow(expect.objectContaining({ code: 'clip-unusable' }));
  });

  it('does nothing worse than a ParseError, whatever it is', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const page = fc
      .record({ packets: fc.array(bytes, { maxLength: 5 }), bits: fc.nat(15), serialNumber: fc.nat(1) })
      .map(({ packets, bits, serialNumber }) => {
        const [isContinued, isFirst, isLast, isOpen] = [1, 2, 4, 8].map((bit) => (bits & bit) !== 0);
        return oggPage(packets, {
          serialNumber,
          ...Object.fromEntries(Object.entries({ isContinued, isFirst, isLast, isOpen })),
        });
      });
    const junk = fc.oneof(
      bytes,
      fc.array(page, { maxLength: 5 }).map((pages) => file(...pages)),
      bytes.map((tags) =>
        Buffer.concat([
          oggPage([opusHead()], { isFirst: true }),
          oggPage([Buffer.concat([Buffer.from('OpusTags'), tags]), packet(5)]),
        ]),
      ),
    );
    await fc.assert(
      fc.asyncProperty(junk, async (bytes) => {
        try {
          expect((await readOggOpus(bytes)).duration).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof ParseError) && !isUnusable(error)) throw error;
        }
      }),
    );
  });
});

function isUnusable(error: unknown): boolean {
  return error instanceof UsageError && error.code === 'clip-unusable';
}

describe('an Opus packet', () => {
  it.each([
    [[0x00], 10],
    [[0x08], 20],
    [[0x18], 60],
    [[0x60], 10],
    [[0x78], 20],
    [[0x80], 2.5],
    [[0xfc], 20],
    [[0xfd], 40],
    [[0xfe], 40],
    [[0xff, 3], 60],
    [[0x1b, 2], 120],
    [[0x1b, 3], undefined],
    [[0xff, 0], undefined],
    [[0xff], undefined],
    [[], undefined],
  ])('%j sounds for %s ms', (bytes, wanted) => {
    expect(opusDuration(Uint8Array.from(bytes))).toBe(wanted);
  });
});
