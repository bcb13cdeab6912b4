/** Where a frame may begin when packets before it are missing, as they are at the start of a stream. */
import { describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../../src/rtp/codecs/encoded-frame.ts';
import { FrameAssembler } from '../../../../src/rtp/codecs/frame-assembler.ts';
import type { CodecName } from '../../../../src/rtp/parameters.ts';

/** Payloads of frames, one after the other; a `gap` before the frame. */
interface Sent {
  payloads: Uint8Array[];
  gap?: boolean;
}

function received(codec: CodecName, frames: readonly Sent[]): EncodedFrame[] {
  const assembler = new FrameAssembler();
  return frames.flatMap(({ payloads, gap = false }, place) =>
    payloads.flatMap((payload, index) =>
      assembler.push({
        codec: { name: codec },
        sequenceNumber: place,
        timestamp: place * 3000,
        marker: index === payloads.length - 1,
        payload,
        gap: gap && index === 0,
      }),
    ),
  );
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

// The units of case 11.
const sei = hex('06 05 01 80');
const sps = hex('67 42 e0 1f 8c 8d 40');
const pps = hex('68 ce 3c 80');
const idr = hex('65 88 01 02');
const delimiter = hex('09 10');
const prefix = hex('6e 80 00 10');
const slice = hex('41 9a 01 02');
const rest = hex('41 5a 01 02');

const stapA = (...units: Uint8Array[]): Uint8Array =>
  Uint8Array.of(24, ...units.flatMap((unit) => [0, unit.length, ...unit]));
const fuA = (unit: Uint8Array): Uint8Array[] => {
  const [head = 0] = unit;
  const middle = 1 + ((unit.length - 1) >>> 1);
  return [
    Uint8Array.of((head & 0xe0) | 28, 0x80 | (head & 0x1f), ...unit.subarray(1, middle)),
    Uint8Array.of((head & 0xe0) | 28, 0x40 | (head & 0x1f), ...unit.subarray(middle)),
  ];
};
const annexB = (...units: Uint8Array[]): Uint8Array =>
  Uint8Array.from(units.flatMap((unit) => [0, 0, 0, 1, ...unit]));

describe('an H264 access unit', () => {
  it.each<[string, Uint8Array[], Uint8Array[]]>([
    ['SEI (case 11)', [sei, sps, pps, idr], [sei, sps, pps, idr]],
    ['a picture parameter set', [pps, sps, idr], [pps, sps, idr]],
    ['a delimiter', [delimiter, sei, sps, pps, idr], [delimiter, sei, sps, pps, idr]],
    ['a delimiter, without parameter sets', [delimiter, idr], [delimiter, idr]],
    ['a sequence parameter set', [sps, pps, sei, idr], [sps, pps, sei, idr]],
    ['two SEIs', [sei, sei, sps, pps, idr, idr], [sei, sei, sps, pps, idr, idr]],
    ['a prefix unit', [prefix, sps, pps, idr], [prefix, sps, pps, idr]],
    ['SEI in an aggregate', [stapA(sei, sps, pps), idr], [sei, sps, pps, idr]],
    ['SEI, aggregated with all', [stapA(sei, sps, pps, idr)], [sei, sps, pps, idr]],
    ['SEI alone, then an aggregate', [sei, stapA(pps, sps), idr], [sei, pps, sps, idr]],
    ['SEI in fragments', [...fuA(sei), sps, pps, ...fuA(idr)], [sei, sps, pps, idr]],
    ['a parameter set in fragments', [...fuA(pps), ...fuA(sps), ...fuA(idr)], [pps, sps, idr]],
  ])('that begins with %s is one key frame, first of all and after a gap', (_, payloads, units) => {
    const first = received('h264', [{ payloads, gap: true }]);
    expect(first).toMatchObject([{ keyFrame: true, timestamp: 0 }]);
    expect(first[0]?.data).toEqual(annexB(...units));
    const later = received('h264', [
      { payloads: [sps, pps, idr] },
      { payloads: [slice] },
      { payloads, gap: true },
      { payloads: [slice] },
    ]);
    expect(later.map(({ timestamp, keyFrame }) => [timestamp, keyFrame])).toEqual([
      [0, true],
      [3000, false],
      [6000, true],
      [9000, false],
    ]);
  });

  it.each<[string, Uint8Array[]]>([
    ['a slice', [idr]],
    ['a slice in fragments', fuA(idr)],
    ['the middle of fragments', [...fuA(sps).slice(1), pps, idr]],
    ['SEI, and has no parameter set', [sei, idr]],
    ['a picture parameter set alone', [pps, idr]],
    ['SEI in an aggregate, and has no parameter set', [stapA(sei, idr)]],
    ['SEI, and has no parameter set before its fragments', [sei, ...fuA(idr)]],
    ['a slice that is not the first', [rest]],
    ['filler', [hex('0c ff 80'), sps, pps, idr]],
  ])('that begins with %s may be torn when there was a gap', (_, payloads) => {
    expect(received('h264', [{ payloads, gap: true }, { payloads: [slice] }])).toEqual([]);
  });

  it('may begin with a slice when nothing is missing', () => {
    const frames = received('h264', [
      { payloads: [sps, pps, idr] },
      { payloads: [idr] },
      { payloads: [sei, slice] },
    ]);
    expect(frames.map(({ keyFrame }) => keyFrame)).toEqual([true, true, false]);
  });
});

describe('a VP9 picture', () => {
  /** One packet a layer; flags I, L, B, E and a picture id. */
  const layer = (
    id: number,
    { inter = false, sid = 0, dependent = false, start = true, end = true, flags = 0 } = {},
  ): Uint8Array =>
    Uint8Array.of(
      0xa0 | (inter ? 0x40 : 0) | (start ? 0x08 : 0) | (end ? 0x04 : 0) | flags,
      id,
      (sid << 1) | (dependent ? 1 : 0),
      id,
      ...(flags & 0x02 ? [0x18, 1, 0, 1, 0, 0] : []),
      0x82,
      id,
    );
  const timestamps = (frames: readonly Sent[]): number[] =>
    received('vp9', frames).map(({ timestamp }) => timestamp / 3000);

  it('of several layers begins with the lowest', () => {
    const key = [layer(0), layer(0, { sid: 1, dependent: true })];
    expect(timestamps([{ payloads: key, gap: true }])).toEqual([0]);
    expect(timestamps([{ payloads: key.slice(1), gap: true }])).toEqual([]);
  });

  it('may say its structure in the first packet', () => {
    expect(timestamps([{ payloads: [layer(0, { flags: 0x02 })], gap: true }])).toEqual([0]);
  });

  it('does not begin amid a frame', () => {
    const key = [layer(0, { end: false }), layer(0, { start: false })];
    expect(timestamps([{ payloads: key, gap: true }])).toEqual([0]);
    expect(timestamps([{ payloads: key.slice(1), gap: true }])).toEqual([]);
  });

  it('of simulcast begins with the layer that is sent', () => {
    const key = layer(0, { sid: 2 });
    const delta = (id: number): Uint8Array => layer(id, { sid: 2, inter: true });
    expect(
      timestamps([
        { payloads: [key], gap: true },
        { payloads: [delta(1)] },
        { payloads: [delta(2)], gap: true },
      ]),
    ).toEqual([0, 1, 2]);
  });

  it('begins where it is no key picture only if the stream was decodable', () => {
    expect(timestamps([{ payloads: [layer(0, { inter: true })], gap: true }])).toEqual([]);
  });
});

describe('an AV1 temporal unit', () => {
  const delimiterUnit = hex('12 00');
  // reduced still picture header: enough for a sequence header
  const sequence = hex('0a 06 18 15 7f fc 01 80');
  const frameUnit = hex('32 03 10 00 80');
  const packet = (first: number, ...elements: Uint8Array[]): Uint8Array =>
    Uint8Array.of(first, ...elements.flatMap((element) => [element.length, ...element]));
  const keys = (frames: readonly Sent[]): boolean[] =>
    received('av1', frames).map(({ keyFrame }) => keyFrame);

  it.each<[string, Uint8Array[]]>([
    ['a sequence header', [packet(0x08, sequence, frameUnit)]],
    ['a temporal delimiter', [packet(0x08, delimiterUnit, sequence, frameUnit)]],
    ['a temporal delimiter in its own packet', [packet(0x08, delimiterUnit), packet(0, sequence, frameUnit)]],
    [
      'a temporal delimiter before the one that is marked',
      [packet(0, delimiterUnit), packet(0x08, sequence, frameUnit)],
    ],
    ['two layers', [packet(0x08, sequence, frameUnit), packet(0, hex('36 28 03 10 00 80'))]],
  ])('that begins with %s is one key frame', (_, payloads) => {
    const frames = received('av1', [{ payloads, gap: true }, { payloads: [packet(0, frameUnit)] }]);
    expect(frames.map(({ keyFrame }) => keyFrame)).toEqual([true, false]);
    expect([...(frames[0]?.data.subarray(0, 3) ?? [])]).toEqual([0x12, 0, 0x0a]);
  });

  it('does not begin amid a unit, nor where no sequence does', () => {
    expect(keys([{ payloads: [packet(0x80, frameUnit)], gap: true }])).toEqual([]);
    expect(keys([{ payloads: [packet(0, frameUnit)], gap: true }])).toEqual([]);
  });
});
