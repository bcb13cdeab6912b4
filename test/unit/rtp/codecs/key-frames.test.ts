import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameSize, isKeyFrameStart } from '../../../../src/rtp/codecs/key-frames.ts';
import type { CodecName } from '../../../../src/rtp/parameters.ts';
import { bits } from './bits.ts';
import { clipKeyFrames, clipSize, clips, nalUnits, slicedUnits } from './clips.ts';

const bytes = (...parts: (number | Uint8Array)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part))));

const told = (
  codec: CodecName,
  payload: Uint8Array,
): [boolean, { width: number; height: number } | undefined] => [
  isKeyFrameStart(codec, payload),
  frameSize(codec, payload),
];

describe('VP8', () => {
  it.each([
    ['one byte', [0x10]],
    ['a short picture id', [0x90, 0x80, 0x11]],
    ['a long picture id', [0x90, 0x80, 0x80, 0x11]],
    ['everything', [0x90, 0xf0, 0x80, 0x11, 0x05, 0x21]],
    ['a non-reference frame', [0x30]],
  ])('is told behind a descriptor of %s', (_, descriptor) => {
    const frames = clips.vp8.map((frame) => told('vp8', bytes(...descriptor, frame)));
    expect(frames).toEqual(clipKeyFrames.map((isKey) => [isKey, isKey ? clipSize : undefined]));
  });

  it('is told by the first packet only', () => {
    const [frame = bytes()] = clips.vp8;
    expect(told('vp8', bytes(0x00, frame))).toEqual([false, undefined]); // goes on
    expect(told('vp8', bytes(0x11, frame))).toEqual([false, undefined]); // second partition
  });

  it('has no size when it is cut short or its start code is wrong', () => {
    const [frame = bytes()] = clips.vp8;
    expect(told('vp8', bytes(0x10, frame.subarray(0, 9)))).toEqual([true, undefined]);
    expect(told('vp8', bytes(0x10, frame.with(3, 0)))).toEqual([true, undefined]);
    expect(told('vp8', bytes(0x10))).toEqual([false, undefined]);
  });
});

describe('VP9', () => {
  const delta = 0x40;
  it.each([
    ['one byte', 0x08, []],
    ['a short picture id', 0x88, [0x11]],
    ['a long picture id', 0x88, [0x80, 0x11]],
    ['layers', 0xa8, [0x11, 0x10, 0x07]],
    ['flexible mode', 0xb8, [0x11, 0x10]],
  ])('is told behind a descriptor of %s', (_, first, rest) => {
    const frames = clips.vp9.map((frame, index) =>
      told(
        'vp9',
        clipKeyFrames[index] ? bytes(first, ...rest, frame) : bytes(first | delta, ...rest, 0x02, frame),
      ),
    );
    expect(frames).toEqual(clipKeyFrames.map((isKey) => [isKey, isKey ? clipSize : undefined]));
  });

  it('has the size of the highest layer that its structure tells', () => {
    // RFC 9628, 4.2.1: two layers with sizes, a group of two pictures with one and no reference
    const structure = [0x38, 0, 160, 0, 90, 1, 64, 0, 180, 2, 0x04, 1, 0x00];
    expect(told('vp9', bytes(0xaa, 0x11, 0x00, 0x00, ...structure, 0xff))).toEqual([
      true,
      { width: 320, height: 180 },
    ]);
  });

  it('is no start in a higher layer, later in the frame, or with too many references', () => {
    const [frame = bytes()] = clips.vp9;
    expect(isKeyFrameStart('vp9', bytes(0xa8, 0x11, 0x03, 0x00, frame))).toBe(false);
    // But for one that does without the layer below.
    expect(isKeyFrameStart('vp9', bytes(0xa8, 0x11, 0x02, 0x00, frame))).toBe(true);
    expect(told('vp9', bytes(0x80, 0x11, frame))).toEqual([false, undefined]);
    expect(told('vp9', bytes(0xd8, 0x11, 0x03, 0x03, 0x03, frame))).toEqual([false, undefined]);
  });
});

describe('H264', () => {
  const [first = bytes()] = clips.h264;
  const [, set = bytes(), pictureSet = bytes(), slice = bytes()] = nalUnits(first);

  it('is told by the parameter set, and by the first slice', () => {
    expect(told('h264', set)).toEqual([true, clipSize]);
    expect(told('h264', pictureSet)).toEqual([false, undefined]);
    expect(told('h264', slice)).toEqual([true, undefined]);
  });

  it('is told in aggregates and fragments', () => {
    const aggregate = bytes(0x78, 0, set.length, set, 0, pictureSet.length, pictureSet);
    expect(told('h264', aggregate)).toEqual([true, clipSize]);
    expect(told('h264', bytes(0x7c, 0x85, slice.subarray(1, 50)))).toEqual([true, undefined]);
    expect(told('h264', bytes(0x7c, 0x05, slice.subarray(50)))).toEqual([false, undefined]);
    // As sockets have them: `slice` of a Buffer is no copy.
    const fragment = Buffer.of(0x5c, 0x81, 0x9a, 1, 2);
    expect(told('h264', fragment)).toEqual([false, undefined]);
    expect([...fragment]).toEqual([0x5c, 0x81, 0x9a, 1, 2]);
    expect(told('h264', bytes(0x7c, 0x87, set.subarray(1)))).toEqual([true, clipSize]);
    expect(told('h264', aggregate.subarray(0, 20))).toEqual([false, undefined]);
  });

  it('starts with the first slice of several', () => {
    const starts = slicedUnits
      .filter((unit) => (unit[0] ?? 0) % 32 === 5)
      .map((unit) => isKeyFrameStart('h264', unit));
    expect(starts.length).toBeGreaterThan(2);
    expect(starts.filter(Boolean)).toHaveLength(2);
    expect(told('h264', slicedUnits[0] ?? bytes())).toEqual([true, clipSize]);
  });

  it.each([
    ['High 4:4:4 Predictive, from x264', '67f400289196401e0089f89c0440000003004000000503c60c92', 1920, 1080],
    [
      'fields in 4:2:2 with scaling lists and picture order of type 1, by hand',
      `677a001e${bits(
        `1 011 1 1 0 1 1${'1'.repeat(16)} 1000010001 000000 1 010 0 1 1 011 1 1 1 0 0000001111000 00000100010 0 0 1 1 1 1 1 011 1`,
      )}`,
      1920,
      1084,
    ],
    [
      'planes apart, by hand',
      `67f4001e${bits('1 00100 1 1 1 0 0 1 011 1 0 011 010 1 1 1 011 1 1 1 1')}`,
      46,
      32,
    ],
  ])('has a size by any profile: %s', (_, hex, width, height) => {
    const unit = new Uint8Array(Buffer.from(hex, 'hex'));
    expect(frameSize('h264', unit)).toEqual({ width, height });
    expect(frameSize('h264', unit.subarray(0, 7))).toBeUndefined();
  });

  it('has no size that is cropped away', () => {
    const unit = Buffer.from(`6742001e${bits('1 1 011 1 0 1 1 1 1 1 00010000 1 1 1 1')}`, 'hex');
    expect(frameSize('h264', new Uint8Array(unit))).toBeUndefined();
  });
});

describe('AV1', () => {
  /** Units of a temporal unit as RTP elements: FFmpeg writes one with a size in each. */
  const elementsOf = (unit: Uint8Array): Uint8Array[] => {
    const elements: Uint8Array[] = [];
    for (let offset = 2; offset < unit.length; ) {
      let size = 0;
      let length = 0;
      do size += ((unit[offset + 1 + length] ?? 0) & 0x7f) << (7 * length);
      while ((unit[offset + 1 + length++] ?? 0) & 0x80);
      elements.push(unit.subarray(offset, offset + 1 + length + size));
      offset += 1 + length + size;
    }
    return elements;
  };
  const [header = bytes(), frame = bytes()] = elementsOf(clips.av1[0] ?? bytes());

  it('is told by the first packet of a sequence', () => {
    expect(told('av1', bytes(0x28, header.length, header, frame))).toEqual([true, clipSize]);
    expect(told('av1', bytes(0x68, header.length, header, frame.subarray(0, 20)))).toEqual([true, clipSize]);
    expect(told('av1', bytes(0x10, frame))).toEqual([false, undefined]);
    expect(told('av1', bytes(0xa8, 1, 0, header))).toEqual([false, clipSize]);
  });

  it('is told with lengths everywhere, and without sizes in the units', () => {
    const unsized = bytes(header.with(0, 0x08).subarray(0, 1), header.subarray(2));
    expect(told('av1', bytes(0x08, unsized.length, unsized, 2, 0x30, 0))).toEqual([true, clipSize]);
    expect(told('av1', bytes(0x18, unsized))).toEqual([true, clipSize]);
  });

  it('has a size behind timing, a decoder model and operating points', () => {
    // AV1, 5.5.1, by hand: two points, one with a tier and a model, both with a display delay
    const timing = `1 ${'0'.repeat(64)} 1 00101 1 00100 ${'0'.repeat(32)} 00000 00000`;
    const points = `1 00001 ${'0'.repeat(12)} 01000 1 1 ${'0'.repeat(11)} 1 1111 ${'0'.repeat(12)} 00001 0 1 0000`;
    const payload = bits(`000 0 0 ${timing} ${points} 1001 1000 1111111111 101100111 0`);
    const element = Buffer.from(`08${payload}`, 'hex');
    expect(frameSize('av1', bytes(0x18, element))).toEqual({ width: 1024, height: 360 });
    const still = Buffer.from(`08${bits('000 1 1 00000 1001 1000 0001100011 001000111')}`, 'hex');
    expect(frameSize('av1', bytes(0x18, still))).toEqual({ width: 100, height: 72 });
  });

  it('is none when elements do not fit', () => {
    expect(told('av1', bytes(0x28, header.length, header))).toEqual([false, undefined]);
    expect(told('av1', bytes(0x08, 200, header))).toEqual([false, undefined]);
    expect(told('av1', bytes(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0))).toEqual([
      false,
      undefined,
    ]);
    expect(told('av1', bytes(0x18, 0x0a, 0x7f, 0))).toEqual([true, undefined]);
  });
});

describe('any payload', () => {
  it('is never a key frame of Opus', () => {
    expect(told('opus', bytes(0x10, 0x00))).toEqual([false, undefined]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CodecName>('vp8', 'vp9', 'h264', 'av1', 'opus'),
        fc.uint8Array({ maxLength: 80 }),
        (codec, payload) => {
          told(codec, payload);
        },
      ),
      { seed: 20261126, numRuns: 3000 },
    );
  });
});
