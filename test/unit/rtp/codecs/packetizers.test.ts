import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../../src/rtp/codecs/encoded-frame.ts';
import { FrameAssembler } from '../../../../src/rtp/codecs/frame-assembler.ts';
import { frameSize, isKeyFrameStart } from '../../../../src/rtp/codecs/key-frames.ts';
import { createPacketizer, defaultMaxPayload } from '../../../../src/rtp/codecs/create-packetizer.ts';
import type { CodecName } from '../../../../src/rtp/parameters.ts';
import { seededRandom } from '../../../support/random.ts';
import { annexB, clipKeyFrames, clipSize, clips, slicedUnits } from './clips.ts';
import { type NumberedPacket, packetsOf } from './packets.ts';

const videoCodecs = ['vp8', 'vp9', 'h264', 'av1'] as const;

function assembled(packets: readonly NumberedPacket[]): EncodedFrame[] {
  const assembler = new FrameAssembler();
  return packets.flatMap((packet) => assembler.push(packet));
}

/** The number of a frame's first packet. */
function firstOf(packets: readonly NumberedPacket[], timestamp: number): number | undefined {
  return packets.find((packet) => packet.timestamp === timestamp)?.sequenceNumber;
}

function packetizer(codec: CodecName, maxPayload?: number): ReturnType<typeof createPacketizer> {
  return createPacketizer(codec, seededRandom(1), maxPayload);
}

describe('each codec', () => {
  it.each(
    videoCodecs.flatMap((codec) => [40, 150, defaultMaxPayload, 16_000].map((max) => [codec, max] as const)),
  )('%s comes out as it went in, in payloads of at most %i bytes', (codec, max) => {
    const packets = packetsOf(codec, packetizer(codec, max), clips[codec]);
    expect(Math.max(...packets.map(({ payload }) => payload.length))).toBeLessThanOrEqual(max);
    expect(assembled(packets)).toEqual(
      clips[codec].map((data, index) => ({
        codec,
        data,
        timestamp: index * 3000,
        sequenceNumber: firstOf(packets, index * 3000),
        keyFrame: clipKeyFrames[index],
        ...(clipKeyFrames[index] && clipSize),
        ...((codec === 'vp8' || codec === 'vp9') && { temporalId: 0 }),
      })),
    );
  });

  it.each(videoCodecs)('%s marks the last packet, and tells key frames by the first', (codec) => {
    const packets = packetsOf(codec, packetizer(codec, 300), clips[codec]);
    for (const index of clipKeyFrames.keys()) {
      const frame = packets.filter(({ timestamp }) => timestamp === index * 3000);
      expect(frame.map(({ marker }) => marker)).toEqual(frame.map((_, place) => place === frame.length - 1));
      const [first] = frame;
      expect(first && isKeyFrameStart(codec, first.payload)).toBe(clipKeyFrames[index]);
      expect(first && frameSize(codec, first.payload)).toEqual(clipKeyFrames[index] ? clipSize : undefined);
    }
  });

  it.each([...videoCodecs, 'opus'] as const)('%s makes nothing of nothing', (codec) => {
    expect(packetizer(codec).packetize(new Uint8Array())).toEqual([]);
  });
});

const maxPayload = fc.integer({ min: 21, max: 300 });
const someBytes = fc.uint8Array({ minLength: 1, maxLength: 1200 });

function expectIdentity(codec: CodecName, max: number, frames: Uint8Array[]): void {
  const packets = packetsOf(codec, packetizer(codec, max), frames);
  for (const { payload } of packets) if (payload.length > max) throw new Error(`${payload.length} > ${max}`);
  expect(assembled(packets).map(({ data }) => data)).toEqual(frames);
}

describe('any frame', () => {
  const options = { seed: 20261126, numRuns: 300 };

  it('of VP8 comes out as it went in', () => {
    fc.assert(
      fc.property(maxPayload, fc.array(someBytes, { minLength: 1, maxLength: 4 }), (max, frames) => {
        expectIdentity(
          'vp8',
          max,
          frames.map((frame, index) => frame.with(0, index === 0 ? 0x10 : 0x11)),
        );
      }),
      options,
    );
  });

  it('of VP9 comes out as it went in', () => {
    fc.assert(
      fc.property(maxPayload, fc.array(someBytes, { minLength: 1, maxLength: 4 }), (max, frames) => {
        expectIdentity(
          'vp9',
          max,
          frames.map((frame, index) => frame.with(0, index === 0 ? 0x82 : 0x86)),
        );
      }),
      options,
    );
  });

  it('of H264 comes out as it went in', () => {
    const unit = fc
      .uint8Array({ minLength: 2, maxLength: 700 })
      .map((unitBytes) => unitBytes.map((byte, index) => (index === 0 ? 0x65 : byte || 1)));
    fc.assert(
      fc.property(maxPayload, fc.array(unit, { minLength: 1, maxLength: 6 }), (max, units) => {
        expectIdentity('h264', max, [annexB([Uint8Array.of(9, 0x10), ...units])]);
      }),
      options,
    );
  });

  it('of AV1 comes out as it went in', () => {
    const obu = fc.tuple(fc.constantFrom(1, 3, 4, 5, 6), fc.boolean(), fc.uint8Array({ maxLength: 700 }));
    fc.assert(
      fc.property(maxPayload, fc.array(obu, { minLength: 1, maxLength: 6 }), (max, obus) => {
        // A key frame first, and what must be for one.
        const frame = [0x12, 0, 0x0a, 1, 0, 0x32, 2, 0x10, 0xff];
        for (const [type, hasLayer, payload] of obus) {
          frame.push((type << 3) | 2 | (hasLayer ? 4 : 0), ...(hasLayer ? [0] : []));
          frame.push(
            ...(payload.length < 128
              ? [payload.length]
              : [(payload.length & 127) | 128, payload.length >> 7]),
          );
          frame.push(...payload);
        }
        expectIdentity('av1', max, [new Uint8Array(frame)]);
      }),
      options,
    );
  });

  it('of Opus is a packet', () => {
    fc.assert(
      fc.property(fc.array(someBytes, { minLength: 1, maxLength: 4 }), (frames) => {
        expectIdentity('opus', 1200, frames);
      }),
      options,
    );
  });
});

describe('VP8', () => {
  it('has picture ids of 15 bits and counts the lowest temporal layer', () => {
    const random = (): Uint8Array => Uint8Array.of(0xff, 0xfe, 0xff);
    const vp8 = createPacketizer('vp8', random);
    const frames = [0, 2, 1, 2, 0].map(
      (temporalId) => vp8.packetize(Uint8Array.of(1), temporalId)[0]?.payload,
    );
    // RFC 7741, 4.2: X and S; I, L, T; M and the id; TL0PICIDX; TID and Y
    expect(frames).toEqual([
      Uint8Array.of(0x90, 0xe0, 0xff, 0xff, 0x00, 0x00, 1),
      Uint8Array.of(0x90, 0xe0, 0x80, 0x00, 0x00, 0xa0, 1),
      Uint8Array.of(0x90, 0xe0, 0x80, 0x01, 0x00, 0x60, 1),
      Uint8Array.of(0x90, 0xe0, 0x80, 0x02, 0x00, 0x80, 1),
      Uint8Array.of(0x90, 0xe0, 0x80, 0x03, 0x01, 0x00, 1),
    ]);
  });

  it('cuts a frame into pieces alike', () => {
    const sizes = packetizer('vp8', 106)
      .packetize(new Uint8Array(201))
      .map(({ payload }) => payload.length);
    expect(sizes).toEqual([73, 73, 73]);
  });
});

describe('VP9', () => {
  it('has a structure on key frames, and its picture ids go on', () => {
    const random = (): Uint8Array => Uint8Array.of(0xff, 0xfe, 0xff);
    const vp9 = createPacketizer('vp9', random);
    const [key, delta] = clips.vp9.map((frame) => vp9.packetize(frame));
    // RFC 9628, 4.2: I, L, B, V; the id; TID 0 with U; TL0PICIDX; Y and G, 98 × 66, one picture with U that refers to the one before
    expect(key?.[0]?.payload.subarray(0, 13)).toEqual(
      Uint8Array.of(0xaa, 0xff, 0xff, 0x10, 0x00, 0x18, 0, 98, 0, 66, 1, 0x14, 1),
    );
    expect(key?.at(-1)?.payload.subarray(0, 5)).toEqual(Uint8Array.of(0xa4, 0xff, 0xff, 0x10, 0x00));
    expect(delta?.[0]?.payload.subarray(0, 5)).toEqual(
      Uint8Array.of(delta?.length === 1 ? 0xec : 0xe8, 0x80, 0x00, 0x10, 0x01),
    );
  });
});

describe('H264', () => {
  it('aggregates what is small, and cuts what is large', () => {
    const [key = new Uint8Array()] = clips.h264;
    const types = packetizer('h264', 500)
      .packetize(key)
      .map(({ payload }) => (payload[0] ?? 0) & 0x1f);
    expect(types[0]).toBe(24);
    expect(new Set(types.slice(1))).toEqual(new Set([28]));
  });

  it('takes start codes of three bytes, with zeros around', () => {
    const data = Uint8Array.of(9, 0, 0, 1, 0x65, 1, 1, 0, 0, 0, 0, 1, 0x41, 2, 0, 0);
    expect(packetizer('h264').packetize(data)).toEqual([
      { payload: Uint8Array.of(0x78, 0, 3, 0x65, 1, 1, 0, 2, 0x41, 2), marker: true },
    ]);
  });

  it('carries pictures of several slices', () => {
    const pictures: Uint8Array[][] = [];
    for (const unit of slicedUnits) {
      const isSlice = [1, 5].includes((unit[0] ?? 0) & 0x1f);
      const isFirst = ((unit[1] ?? 0) & 0x80) !== 0;
      const last = pictures.at(-1);
      if (
        last &&
        (isSlice
          ? !isFirst || last.every((other) => [7, 8].includes((other[0] ?? 0) & 0x1f))
          : [8].includes((unit[0] ?? 0) & 0x1f))
      )
        last.push(unit);
      else pictures.push([unit]);
    }
    expect(pictures).toHaveLength(4);
    const frames = assembled(packetsOf('h264', packetizer('h264', 310), pictures.map(annexB)));
    expect(frames.map(({ keyFrame }) => keyFrame)).toEqual(clipKeyFrames);
    expect(frames.map(({ data }) => data)).toEqual(pictures.map(annexB));
  });
});

describe('AV1', () => {
  it('has a dependency descriptor on every packet, and the structure on the first of a key frame', () => {
    const packets = packetsOf('av1', packetizer('av1', 900), clips.av1);
    const descriptors = packets.map(({ dependencyDescriptor = new Uint8Array() }) =>
      Buffer.from(dependencyDescriptor).toString('hex'),
    );
    // AV1 RTP, A.8: start, end and template, frame number; on key frames flags, template offset 0 and one target, layers and indications,
    // differences and one chain, chain differences, 98 × 66.
    const structure = '80003a41018030802080';
    expect(descriptors).toEqual([
      `800000${structure}`,
      '000000',
      '000000',
      '400000',
      'c10001',
      'c10002',
      `800003${structure}`,
      '000003',
      '000003',
      '400003',
    ]);
  });

  it('leaves the delimiter out, and says the first sequence header', () => {
    const unit = Uint8Array.of(0x12, 0, 0x0a, 1, 7, 0x32, 3, 0x10, 8, 9);
    expect(packetizer('av1').packetize(unit)[0]?.payload).toEqual(
      Uint8Array.of(0x28, 2, 0x08, 7, 0x30, 0x10, 8, 9),
    );
  });

  it('gives every unit a length when there are more than three', () => {
    const unit = Uint8Array.of(0x2a, 1, 1, 0x2a, 1, 2, 0x2a, 1, 3, 0x32, 1, 0x30);
    expect(packetizer('av1').packetize(unit)[0]?.payload).toEqual(
      Uint8Array.of(0x00, 2, 0x28, 1, 2, 0x28, 2, 2, 0x28, 3, 2, 0x30, 0x30),
    );
  });

  it('leaves out what it cannot read', () => {
    expect(packetizer('av1').packetize(Uint8Array.of(0x32, 1, 0x30, 0x32, 9))).toMatchObject([
      { payload: Uint8Array.of(0x10, 0x30, 0x30), marker: true },
    ]);
  });
});
