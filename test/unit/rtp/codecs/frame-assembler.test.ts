import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameAssembler, type FrameLimits } from '../../../../src/rtp/codecs/frame-assembler.ts';
import { createPacketizer } from '../../../../src/rtp/codecs/create-packetizer.ts';
import type { CodecName } from '../../../../src/rtp/parameters.ts';
import { seededRandom } from '../../../support/random.ts';
import { clips } from './clips.ts';
import { type NumberedPacket, packetsOf, without } from './packets.ts';

const videoCodecs = ['vp8', 'vp9', 'h264', 'av1'] as const;

/** The frames that came out, by their place among those that went in, and when a key frame was asked for: `?` behind a packet's frames. */
function outcome(packets: readonly NumberedPacket[], limits?: FrameLimits): string {
  const assembler = new FrameAssembler(limits);
  let wasAsked = false;
  let text = '';
  for (const packet of packets) {
    for (const frame of assembler.push(packet)) text += frame.timestamp / 3000;
    if (assembler.needsKeyFrame && !wasAsked) text += '?';
    wasAsked = assembler.needsKeyFrame;
  }
  return text;
}

/** Two packets a frame, the first a key frame; of VP8 in temporal layers if they are given. */
function twoPacketFrames(count: number, temporalIds: readonly number[] = []): NumberedPacket[] {
  const frames = Array.from({ length: count }, (_, index) =>
    new Uint8Array(40).fill(index === 0 ? 0x10 : 0x11),
  );
  return packetsOf('vp8', createPacketizer('vp8', seededRandom(1), 30), frames, temporalIds);
}

/** Another first byte, or a shorter descriptor. */
function altered(packet: NumberedPacket, alter: (payload: Uint8Array) => Uint8Array): NumberedPacket {
  return { ...packet, payload: alter(packet.payload) };
}

describe('a loss', () => {
  it.each(videoCodecs)('of %s drops the frame and all up to the next key frame', (codec) => {
    const packets = packetsOf(codec, createPacketizer(codec, seededRandom(1), 100), clips[codec]);
    const ends = packets.flatMap(({ marker }, index) => (marker ? [index] : []));
    const [first = 0, second = 0] = ends;
    for (let lost = first + 1; lost <= second; lost++)
      expect(outcome(without(packets, (index) => index === lost))).toBe('0?3');
  });

  it.each(videoCodecs)('of a frame of %s as a whole is noticed', (codec) => {
    const packets = packetsOf(codec, createPacketizer(codec, seededRandom(1)), clips[codec]);
    expect(outcome(packets)).toBe('0123');
    expect(outcome(without(packets, (index) => packets[index]?.timestamp === 3000))).toBe('0?3');
  });

  it('of the end of a frame is noticed with the next packet', () => {
    const packets = twoPacketFrames(3);
    expect(outcome(without(packets, (index) => index === 3))).toBe('0?');
  });

  it('of the lowest layer of a VP9 picture drops the picture', () => {
    const layer = (sequenceNumber: number, id: number, first: number, spatialId: number): NumberedPacket => ({
      codec: { name: 'vp9' },
      sequenceNumber,
      timestamp: id * 3000,
      marker: spatialId === 1,
      gap: false,
      payload: Uint8Array.of(first, id, spatialId << 1, id, 1, 2),
    });
    const packets = [layer(0, 0, 0xac, 0), layer(1, 0, 0xac, 1), layer(2, 1, 0xec, 0), layer(3, 1, 0xec, 1)];
    expect(outcome(packets)).toBe('01');
    expect(outcome(without(packets, (index) => index === 2))).toBe('0?');
    // A bridge leaves it out where nothing needs it.
    const left = packets
      .filter((_, index) => index !== 2)
      .map((packet, index) => ({ ...packet, sequenceNumber: index }));
    expect(outcome(left)).toBe('01');
  });

  it('of Opus is its own affair', () => {
    const packets = packetsOf(
      'opus',
      createPacketizer('opus', seededRandom(1)),
      [1, 2, 3].map((byte) => Uint8Array.of(byte)),
    );
    expect(outcome(without(packets, (index) => index === 1))).toBe('02');
  });

  it('of packets that were no frame is nothing when picture ids go on', () => {
    const packets = twoPacketFrames(3).map((packet, index) => ({ ...packet, gap: index === 2 }));
    expect(outcome(packets)).toBe('012');
  });
});

describe('temporal layers of VP8', () => {
  const layers = [0, 2, 1, 2, 0, 2, 1, 2];
  const frames = twoPacketFrames(8, layers);
  const loseFrames =
    (...lost: number[]) =>
    (index: number): boolean =>
      lost.includes(index >>> 1);

  // Of two packets each.
  it.each([
    ['a frame of the highest layer', [2, 3], '0246'],
    ['the end of a frame of the highest layer', [3], '0246'],
    ['its beginning', [2], '0246'],
    ['a frame of the middle layer', [4], '014'],
    ['a frame of the lowest layer', [8, 9], '0123?'],
    ['its beginning', [8], '0123?'],
    ['two frames of upper layers', [2, 3, 4, 5], '04'],
    ['an end and the beginning of the next', [3, 4], '04'],
    ['frames of the upper and lowest layer', [6, 7, 8, 9], '012?'],
  ])('go on without %s as far as they can', (_, lost, expected) => {
    expect(outcome(without(frames, (index) => lost.includes(index)))).toBe(expected);
  });

  it('come back with a frame that needs the lowest only', () => {
    const synced = frames.map((packet, index) =>
      index >>> 1 === 6 ? altered(packet, (payload) => payload.with(5, 0x60)) : packet,
    );
    expect(outcome(without(synced, loseFrames(2)))).toBe('0146');
    const bothSynced = synced.map((packet, index) =>
      index >>> 1 === 7 ? altered(packet, (payload) => payload.with(5, 0xa0)) : packet,
    );
    expect(outcome(without(bothSynced, loseFrames(2)))).toBe('01467');
  });

  it('are begun anew where hardly anything is of the lowest', () => {
    const nearlyAll = twoPacketFrames(25, [0, ...Array.from({ length: 24 }, () => 1)]);
    expect(outcome(without(nearlyAll.slice(0, 30), loseFrames(2)))).toBe('01');
    expect(outcome(without(nearlyAll, loseFrames(2)))).toBe('01?');
  });

  it('do without a frame that nothing refers to', () => {
    const plain = twoPacketFrames(4).map((packet, index) =>
      altered(packet, (payload) => {
        // A picture id only; N on the second frame.
        const first = (payload[0] ?? 0) | (index >>> 1 === 1 ? 0x20 : 0);
        return Uint8Array.of(first, 0x80, ...payload.subarray(2, 4), ...payload.subarray(6));
      }),
    );
    expect(outcome(without(plain, (index) => index === 3))).toBe('023');
    expect(outcome(without(plain, loseFrames(1)))).toBe('0?');
    expect(outcome(without(plain, (index) => index === 5))).toBe('01?');
  });
});

describe('VP9', () => {
  /** Pictures of one packet a layer; `layers` says the spatial ids of each. */
  const picture = (
    id: number,
    fields: {
      key?: boolean;
      tid?: number;
      up?: boolean;
      tl0?: number;
      references?: number[];
      sids?: number[];
    },
  ): NumberedPacket[] => {
    const { key = false, tid = 0, up = false, tl0 = 0, references, sids = [0] } = fields;
    return sids.map((sid, index) => ({
      codec: { name: 'vp9' },
      sequenceNumber: id * sids.length + index,
      timestamp: id * 3000,
      marker: index === sids.length - 1,
      gap: false,
      payload: Uint8Array.of(
        0xac | (key ? 0 : 0x40) | (references ? 0x10 : 0),
        0x80,
        id,
        (tid << 5) | (up ? 0x10 : 0) | (sid << 1),
        ...(references
          ? references.map((ago, place) => (ago << 1) | (place < references.length - 1 ? 1 : 0))
          : [tl0]),
        0x80 | id,
        sid,
      ),
    }));
  };
  const dropping = (packets: NumberedPacket[][], ...lost: number[]): NumberedPacket[] =>
    packets.flatMap((layers, index) =>
      lost.includes(index)
        ? []
        : layers.map((packet, layer) => ({ ...packet, gap: layer === 0 && lost.includes(index - 1) })),
    );

  it('goes up again at a switching point', () => {
    const pictures = [
      picture(0, { key: true, tl0: 1 }),
      picture(1, { tid: 1, tl0: 1 }),
      picture(2, { tl0: 2 }),
      picture(3, { tid: 1, tl0: 2 }),
      picture(4, { tl0: 3, up: true }),
      picture(5, { tid: 1, tl0: 3 }),
    ];
    expect(outcome(dropping(pictures))).toBe('012345');
    expect(outcome(dropping(pictures, 1))).toBe('0245');
    expect(outcome(dropping(pictures, 2))).toBe('01?');
  });

  it('is decoded when all is there that it names', () => {
    const flexible = [
      picture(0, { key: true, references: [] }),
      picture(1, { references: [1] }),
      picture(2, { references: [2] }),
      picture(3, { references: [1, 3] }),
      picture(4, { tid: 1, references: [1, 2, 4] }),
    ];
    expect(outcome(dropping(flexible))).toBe('01234');
    expect(outcome(dropping(flexible, 1))).toBe('0234');
    expect(outcome(dropping(flexible, 2))).toBe('01?');
    expect(outcome([...dropping(flexible, 3), ...picture(5, { references: [3] })])).toBe('0125');
  });

  it('puts the layers of a picture into a superframe', () => {
    const assembler = new FrameAssembler();
    const [frame] = picture(0, { key: true, sids: [0, 1, 2] }).flatMap((packet) => assembler.push(packet));
    // VP9, annex B: three frames of two bytes, a size in one byte each
    expect(frame?.data).toEqual(Uint8Array.of(0x80, 0, 0x80, 1, 0x80, 2, 0xc2, 2, 2, 2, 0xc2));
    expect(outcome(dropping([picture(0, { key: true, sids: [0, 1] }).slice(0, 1)]))).toBe('');
  });

  it.each([
    [0x100, [0xc9, 0x00, 0x01, 0x01, 0x00, 0xc9]],
    [0x1_0000, [0xd1, 0, 0, 1, 1, 0, 0, 0xd1]],
    [0x100_0000, [0xd9, 0, 0, 0, 1, 1, 0, 0, 0, 0xd9]],
  ])('has sizes of as many bytes as the longest layer of %i needs', (length, index) => {
    const assembler = new FrameAssembler({ packets: 100, bytes: 2 ** 25 });
    const [low, high] = picture(0, { key: true, sids: [0, 1] });
    const long =
      low && altered(low, (payload) => Buffer.concat([payload.subarray(0, 5), new Uint8Array(length)]));
    const short = high && altered(high, (payload) => payload.subarray(0, 6));
    const [frame] = [long, short].flatMap((packet) => (packet ? assembler.push(packet) : []));
    expect(frame?.data.subarray(length + 1)).toEqual(Uint8Array.from(index));
  });
});

describe('frames', () => {
  it('end with another timestamp too', () => {
    const packets = twoPacketFrames(3).map((packet) => ({ ...packet, marker: false }));
    expect(outcome(packets)).toBe('01');
    const last = packets.map((packet, index) => (index === 4 ? { ...packet, marker: true } : packet));
    expect(outcome(last.slice(0, 5))).toBe('012');
  });

  it('go on behind padding', () => {
    const packets = twoPacketFrames(2);
    const padding = { ...packets[0], payload: new Uint8Array(), marker: false } as NumberedPacket;
    const padded = packets.flatMap((packet) => [packet, padding]);
    expect(outcome(padded.map((packet, index) => ({ ...packet, sequenceNumber: index })))).toBe('01');
    expect(
      outcome(
        padded
          .filter((_, index) => index !== 2)
          .map((packet, index) => ({ ...packet, sequenceNumber: index, gap: index === 2 })),
      ),
    ).toBe('?');
  });

  it.each(videoCodecs)('of %s go on behind numbers that stood for no media', (codec) => {
    // A receiver keeps padding, and what is of unknown types, to itself, and says that nothing is missing.
    const packets = packetsOf(codec, createPacketizer(codec, seededRandom(1), 100), clips[codec]);
    const spaced = packets.map((packet) => ({ ...packet, sequenceNumber: packet.sequenceNumber * 2 }));
    expect(outcome(spaced)).toBe('0123');
  });

  it.each(videoCodecs)('of %s wait for a key frame that comes without asking for another', (codec) => {
    const packets = packetsOf(codec, createPacketizer(codec, seededRandom(1), 100), clips[codec]);
    const keyFrame = packets.findIndex(({ timestamp }) => timestamp === 9000);
    const asked = (received: readonly NumberedPacket[]): boolean[] => {
      const assembler = new FrameAssembler();
      return received.map((packet) => {
        assembler.push(packet);
        return assembler.needsKeyFrame;
      });
    };
    const late = packets.slice(keyFrame - 1);
    expect(late.length).toBeGreaterThan(3);
    expect(asked(late)).toEqual(late.map((_, index) => index === 0));
    // It is torn.
    const torn = asked(without(late, (index) => index === 2));
    expect(torn).toEqual(torn.map((_, index) => index !== 1));
  });

  it('wait for the first key frame', () => {
    expect(outcome(twoPacketFrames(4).slice(2))).toBe('?');
    expect(outcome(twoPacketFrames(4).slice(1))).toBe('?');
    expect(outcome(twoPacketFrames(4).slice(0, 1))).toBe('');
  });

  it('may change the codec on the way', () => {
    const vp8 = packetsOf('vp8', createPacketizer('vp8', seededRandom(1)), clips.vp8.slice(0, 2));
    const h264 = packetsOf('h264', createPacketizer('h264', seededRandom(1)), clips.h264);
    const start = (vp8.at(-1)?.sequenceNumber ?? 0) + 1;
    const renumbered = h264.map((packet, index) => ({ ...packet, sequenceNumber: start + index }));
    expect(outcome([...vp8, ...renumbered])).toBe('010123');
  });

  it('are bounded', () => {
    const packets = twoPacketFrames(2);
    expect(outcome(packets, { packets: 2, bytes: 100 })).toBe('01');
    expect(outcome(packets, { packets: 1, bytes: 100 })).toBe('?');
    expect(outcome(packets, { packets: 2, bytes: 50 })).toBe('?');
  });

  it.each([
    ['AV1', 'av1', new Uint8Array(1200).with(0, 0x08)],
    [
      'H264',
      'h264',
      Uint8Array.from({ length: 1201 }, (_, index) => [1, 0, 1][(index + 2) % 3] ?? 0).with(0, 24),
    ],
  ] as const)('of %s are bounded in units', (_, codec, payload) => {
    const packets = Array.from({ length: 20 }, (__, index) => ({
      codec: { name: codec },
      sequenceNumber: index,
      timestamp: 0,
      marker: index === 19,
      gap: false,
      payload,
    }));
    expect(outcome(packets)).toBe('?');
  });
});

describe('a frame with packets that do not fit is dropped:', () => {
  const start = Uint8Array.of(9, 0x10);
  const fragment = (head: number): Uint8Array => Uint8Array.of(0x7c, head, 1, 2);
  it.each<[string, CodecName, Uint8Array[]]>([
    ['a fragment without a beginning', 'h264', [start, fragment(0x05)]],
    ['two beginnings', 'h264', [start, fragment(0x85), fragment(0x85)]],
    ['a unit amid fragments', 'h264', [start, fragment(0x85), Uint8Array.of(0x65, 0x88)]],
    ['no end of the fragments', 'h264', [start, fragment(0x85)]],
    ['an empty fragment', 'h264', [start, Uint8Array.of(0x7c, 0x85)]],
    ['no unit at all', 'h264', [start, Uint8Array.of(0x60, 1)]],
    ['an aggregate with decoding order', 'h264', [start, Uint8Array.of(0x79, 0, 0, 0, 1, 0x65)]],
    ['an aggregate that is cut short', 'h264', [start, Uint8Array.of(0x78, 0, 9, 0x65)]],
    ['an empty unit in an aggregate', 'h264', [start, Uint8Array.of(0x78, 0, 0)]],
    ['an empty aggregate', 'h264', [start, Uint8Array.of(0x78)]],
    ['a part of a unit without its beginning', 'av1', [Uint8Array.of(0x18, 0x08, 0), Uint8Array.of(0x90, 1)]],
    ['a unit whose rest is missing', 'av1', [Uint8Array.of(0x58, 0x08, 0), Uint8Array.of(0x10, 0x30)]],
    ['no end of a unit', 'av1', [Uint8Array.of(0x58, 0x08, 0)]],
    ['a unit with a bad header', 'av1', [Uint8Array.of(0x18, 0x80, 0)]],
    ['nothing but a delimiter', 'av1', [Uint8Array.of(0x18, 0x10)]],
    ['no end of a layer', 'vp9', [Uint8Array.of(0x08, 0x80, 1)]],
    ['two beginnings of a layer', 'vp9', [Uint8Array.of(0x08, 0x80, 1), Uint8Array.of(0x0c, 0x80, 1)]],
    ['too many layers', 'vp9', Array.from({ length: 9 }, () => Uint8Array.of(0x0c, 0x80, 1))],
    ['no frame behind a descriptor', 'vp8', [Uint8Array.of(0x10)]],
  ])('%s in %s', (_, codec, payloads) => {
    const packets = payloads.map((payload, sequenceNumber) => ({
      codec: { name: codec },
      sequenceNumber,
      timestamp: 0,
      marker: sequenceNumber === payloads.length - 1,
      gap: false,
      payload,
    }));
    expect(outcome(packets)).toBe('?');
  });
});

it('junk never throws', () => {
  const packet = fc.record({
    codec: fc.record({ name: fc.constantFrom<CodecName>('vp8', 'vp9', 'h264', 'av1', 'opus') }),
    sequenceNumber: fc.integer({ min: 0, max: 20 }),
    timestamp: fc.integer({ min: 0, max: 3 }),
    marker: fc.boolean(),
    gap: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 40 }), fc.boolean(), (packets, isOne) => {
      const assembler = new FrameAssembler();
      const [first] = packets;
      for (const next of packets) assembler.push(isOne && first ? { ...next, codec: first.codec } : next);
    }),
    { seed: 20261126, numRuns: 2000 },
  );
});
