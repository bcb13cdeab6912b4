import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../src/base/errors.ts';
import { builtInClip } from '../../../src/media/clip-file.ts';
import { readOggOpus } from '../../../src/media/ogg-opus.ts';
import { opusDuration } from '../../../src/rtp/codecs/opus-packet.ts';
import { oggOpus, oggPage, opusHead, opusTags } from '../../support/ogg.ts';

/** SILK, 20 ms, one frame. */
const packet = (length: number): Buffer => Buffer.alloc(length, 0x08);
const start = [oggPage([opusHead()], { isFirst: true }), oggPage([opusTags()])];
const file = (...pages: Buffer[]): Buffer => Buffer.concat([...start, ...pages]);

describe('Opus in Ogg', () => {
  it('has packets with their times', () => {
    const clip = readOggOpus(oggOpus([packet(9), Buffer.from([0x18, 1, 2]), packet(11)]));
    expect(clip).toMatchObject({ kind: 'audio', codec: 'opus', duration: 100 });
    expect(clip.frames.map(({ at, data, isKeyFrame }) => [at, data.length, isKeyFrame])).toEqual([
      [0, 9, true],
      [20, 3, true],
      [80, 11, true],
    ]);
  });

  it('takes several packets of a page, and packets that go over pages', () => {
    const big = packet(700);
    const clip = readOggOpus(
      file(
        oggPage([packet(5), packet(255), big.subarray(0, 255)], { isOpen: true }),
        oggPage([big.subarray(255, 510)], { isContinued: true, isOpen: true }),
        oggPage([big.subarray(510), packet(6)], { isContinued: true }),
      ),
    );
    expect(clip.frames.map(({ data }) => data.length)).toEqual([5, 255, 700, 6]);
    expect(Buffer.from(clip.frames[2]?.data ?? []).equals(big)).toBe(true);
  });

  it('leaves out halves of packets', () => {
    const clip = readOggOpus(
      file(
        oggPage([packet(5), packet(255)], { isOpen: true }),
        oggPage([packet(6)]),
        oggPage([packet(7), packet(8)], { isContinued: true }),
      ),
    );
    expect(clip.frames.map(({ data }) => data.length)).toEqual([5, 6, 8]);
  });

  it('leaves other streams alone, and what follows the end', () => {
    const other = { serialNumber: 9 };
    const clip = readOggOpus(
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

  it('knows from a comment how loud packets are, else it guesses', () => {
    const packets = [packet(9), packet(9), packet(9), packet(2)];
    const told = readOggOpus(oggOpus(packets, 'TITLE=x', 'audio_levels=9a477F'));
    const talking = { level: 30, voice: true };
    const silence = { level: 127, voice: false };
    expect(told.frames.map(({ audioLevel }) => audioLevel)).toEqual([
      { level: 26, voice: true },
      { level: 71, voice: false },
      { level: 127, voice: false },
      silence,
    ]);
    const guessed = readOggOpus(oggOpus(packets));
    expect(guessed.frames.map(({ audioLevel }) => audioLevel)).toEqual([talking, talking, talking, silence]);
  });

  it.each(['speech', 'tone'] as const)('reads our own %s', (name) => {
    const { frames, duration } = builtInClip(name);
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
    ['nothing', Buffer.alloc(0), 'ogg-no-opus'],
    ['text', Buffer.from('this is not a sound'), 'ogg-page'],
    ['another stream', oggPage([Buffer.from('\x01vorbis')], { isFirst: true }), 'ogg-no-opus'],
    ['an end within a page', good.subarray(0, good.length - 1), 'ogg-truncated'],
    ['an end within a page header', good.subarray(0, good.length - 20), 'ogg-truncated'],
    ['something between pages', Buffer.concat([...start, Buffer.from('x')]), 'ogg-page'],
    ['a damaged page', Buffer.concat([good.subarray(0, good.length - 1), Buffer.from([1])]), 'ogg-damaged'],
    ['no sound', file(), 'ogg-empty'],
    ['an empty packet', file(oggPage([Buffer.alloc(0)])), 'ogg-opus-packet'],
    ['six channels', oggPage([opusHead(6, 1)], { isFirst: true }), 'ogg-channels'],
    ['a short head', oggPage([opusHead().subarray(0, 12)], { isFirst: true }), 'ogg-channels'],
  ])('%s', (_, bytes, code) => {
    expect(() => readOggOpus(bytes)).toThrow(expect.objectContaining({ code, source: 'ogg' }));
  });

  it('does nothing worse than a ParseError, whatever it is', () => {
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
    fc.assert(
      fc.property(junk, (bytes) => {
        try {
          expect(readOggOpus(bytes).duration).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
        }
      }),
    );
  });
});

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
