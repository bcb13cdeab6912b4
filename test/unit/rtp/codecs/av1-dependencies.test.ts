/** What a loss costs where AV1 says what its frames refer to. */
import { describe, expect, it } from 'vitest';
import { readDescriptor } from '../../../../src/rtp/codecs/av1/read-descriptor.ts';
import { BitWriter } from '../../../../src/rtp/codecs/bytes/bit-writer.ts';
import { FrameAssembler, type FramePacket } from '../../../../src/rtp/codecs/frame-assembler.ts';

/** Layers in the order of templates: how far on the next is (A.8.2), and what each refers to. */
interface Structure {
  steps: readonly number[];
  diffs: readonly (readonly number[])[];
}

/** Key frame, T0, T1, T2 of one spatial layer. */
const temporal: Structure = { steps: [0, 1, 1], diffs: [[], [4], [2], [1]] };
/** Two spatial layers: the key frame's two, then those of the others; the upper refers to the lower of its unit and to the upper before. */
const spatial: Structure = { steps: [0, 2, 0], diffs: [[], [2], [1], [1, 2]] };

interface Frame {
  template: number;
  number: number;
  structure?: Structure;
  /** Instead of the template's. */
  diffs?: readonly number[];
}

function descriptorOf({ diffs, number, structure, template }: Frame): Uint8Array {
  const writer = new BitWriter();
  writer.bits(0b11, 2);
  writer.bits(template, 6);
  writer.bits(number & 0xffff, 16);
  if (!structure && !diffs) return writer.bytes();
  writer.bits(structure ? 1 : 0, 1);
  writer.bits(0b00, 2);
  writer.bits(diffs ? 1 : 0, 1);
  writer.bits(0, 1);
  if (structure) {
    writer.bits(0, 6);
    writer.bits(0, 5); // one decode target
    for (const step of [...structure.steps, 3]) writer.bits(step, 2);
    for (const _ of structure.diffs) writer.bits(2, 2);
    for (const template of structure.diffs) {
      for (const diff of template) writer.bits(0b1_0000 + diff - 1, 5);
      writer.bits(0, 1);
    }
    writer.bits(0, 1); // no chains, ns(2)
    writer.bits(0, 1); // no sizes
  }
  if (diffs) {
    for (const diff of diffs) writer.bits((1 << 4) + diff - 1, 6);
    writer.bits(0, 2);
  }
  return writer.bytes();
}

/** A frame in one packet; a key frame has a sequence header. */
function packetOf(frame: Frame & { unit?: number; isLast?: boolean; isKey?: boolean }): FramePacket {
  const { isKey = frame.structure !== undefined, isLast = true, number, unit = number } = frame;
  return {
    codec: { name: 'av1' },
    sequenceNumber: 100 + number,
    timestamp: unit * 3_000,
    marker: isLast,
    payload: isKey ? Uint8Array.of(0x18, 0x08, 0) : Uint8Array.of(0x10, 0x30, 1),
    dependencyDescriptor: descriptorOf(frame),
    gap: false,
  };
}

/** The units that came out, `?` where a key frame was asked for. @param lost by number of the packet */
function outcome(packets: readonly FramePacket[], ...lost: readonly number[]): string {
  const assembler = new FrameAssembler();
  let [text, wasAsked] = ['', false];
  for (const [index, packet] of packets.entries()) {
    if (lost.includes(index)) continue;
    for (const frame of assembler.push({ ...packet, gap: lost.includes(index - 1) }))
      text += `${frame.timestamp / 3_000} `;
    if (assembler.needsKeyFrame && !wasAsked) text += '? ';
    wasAsked = assembler.needsKeyFrame;
  }
  return text.trim();
}

/** T0 T2 T1 T2 again and again, over a wrap of the frame number. */
const layered = Array.from({ length: 13 }, (_, index) =>
  packetOf({
    template: index === 0 ? 0 : (([1, 3, 2, 3] as const)[index % 4] ?? 1),
    number: 65_530 + index,
    unit: index,
    ...(index === 0 && { structure: temporal }),
  }),
);

describe('a loss of AV1 in temporal layers', () => {
  it.each([
    ['nothing', [], '0 1 2 3 4 5 6 7 8 9 10 11 12'],
    ['a frame that nothing refers to', [3], '0 1 2 4 5 6 7 8 9 10 11 12'],
    ['a frame that another refers to', [2], '0 1 4 5 6 7 8 9 10 11 12'],
    ['all upper layers of a while', [5, 6, 7], '0 1 2 3 4 8 9 10 11 12'],
    ['a frame of the lowest layer', [4], '0 1 2 3 ?'],
    ['the last frame before one of the lowest layer, and later another', [3, 9], '0 1 2 4 5 6 7 8 10 11 12'],
  ] as const)('of %s', (_, lost, expected) => {
    expect(outcome(layered, ...lost)).toBe(expected);
  });

  it('is asked about only since there was one: what a bridge has numbered anew goes on', () => {
    const renumbered = layered.map((packet, index) =>
      index < 6
        ? packet
        : { ...packet, dependencyDescriptor: descriptorOf({ template: 1, number: 9 + index * 50 }) },
    );
    expect(outcome(renumbered)).toBe('0 1 2 3 4 5 6 7 8 9 10 11 12');
  });

  it('costs a key frame where a packet does not say', () => {
    const silent = layered.map((packet, index) =>
      index === 4 ? { ...packet, dependencyDescriptor: undefined } : packet,
    );
    expect(outcome(silent)).toBe('0 1 2 3 4 5 6 7 8 9 10 11 12');
    expect(outcome(silent, 3)).toBe('0 1 2 ?');
  });

  it('is judged by what a frame says for itself', () => {
    const own = layered.map((packet, index) =>
      index === 3
        ? { ...packet, dependencyDescriptor: descriptorOf({ template: 3, number: 65_533, diffs: [3] }) }
        : packet,
    );
    expect(outcome(own, 2)).toBe('0 1 3 4 5 6 7 8 9 10 11 12');
  });
});

describe('a loss of AV1 in spatial layers', () => {
  const unit = (index: number): FramePacket[] => [
    packetOf({
      template: index === 0 ? 0 : 1,
      number: index * 2,
      unit: index,
      isLast: false,
      ...(index === 0 && { structure: spatial }),
    }),
    packetOf({ template: index === 0 ? 2 : 3, number: index * 2 + 1, unit: index, isKey: false }),
  ];
  const packets = [0, 1, 2, 3].flatMap(unit);

  it('of nothing gives units whole', () => {
    expect(outcome(packets)).toBe('0 1 2 3');
  });

  it('of a layer asks for a key frame, for the next unit refers to it', () => {
    expect(outcome(packets, 3)).toBe('0 ?');
    expect(outcome(packets, 2)).toBe('0 ?');
  });
});

it('a unit of frames without an end is no position, and no work', () => {
  const diffs = Array.from({ length: 200 }, (_, index) => (index % 16) + 1);
  const endless = Array.from({ length: 20_000 }, (_, index) =>
    packetOf({ template: 1, number: index * 7, unit: 1, isLast: false, isKey: false, diffs }),
  );
  const after = packetOf({ template: 0, number: 3, unit: 2, structure: temporal });
  const start = process.cpuUsage();
  expect(outcome([...layered.slice(0, 1), ...endless, after])).toContain('2');
  // Seconds, where it grows with the square of the packets.
  expect(process.cpuUsage(start).user / 1_000).toBeLessThan(2_000);
});

describe('a dependency descriptor', () => {
  it('that is cut short is none', () => {
    const whole = descriptorOf({ template: 0, number: 7, structure: temporal });
    const structure = readDescriptor(whole, undefined)?.structure;
    expect(structure?.templates.map(({ frameDiffs, temporalId }) => [temporalId, frameDiffs])).toEqual([
      [0, []],
      [0, [4]],
      [1, [2]],
      [2, [1]],
    ]);
    for (let length = 0; length < whole.length - 1; length++)
      expect(readDescriptor(whole.subarray(0, length), undefined)?.structure).toBeUndefined();
    expect(readDescriptor(descriptorOf({ template: 40, number: 7 }), structure)).toEqual({
      frameNumber: 7,
      template: undefined,
    });
  });
});
