/** Whatever arrives: nothing is thrown, order is kept, and all is quiet in the end. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtcp } from '../../../../src/rtp/rtcp/compound.ts';
import { audio, keyFrameStart, packetOf, placeholder, ReceiverRig, video } from './rig.ts';

const near = fc.integer({ min: -30, max: 200 });
const step = fc.record({
  wait: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 400, noNaN: true })),
  ssrc: fc.constantFrom(video.ssrc, video.ssrc, video.ssrc, video.rtxSsrc, audio.ssrc, placeholder, 5),
  payloadType: fc.constantFrom(100, 100, 96, 107, 111, 3),
  sequenceNumber: fc.oneof({ weight: 8, arbitrary: near }, fc.nat(0xffff)),
  timestamp: fc.oneof(fc.nat(10), fc.nat(0xffffffff)),
  payload: fc.oneof(
    fc.constant(keyFrameStart),
    fc.uint8Array({ maxLength: 12 }),
    near.map((original) => Uint8Array.of(original >>> 8, original, 0x10, 1)),
  ),
  padding: fc.constantFrom(0, 0, 0, 9),
  transportSequence: fc.oneof(fc.constant(undefined), fc.nat(0xffff), fc.nat(50)),
});

describe('a receiver', () => {
  it('is right whatever arrives', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const rig = new ReceiverRig();
        rig.receiver.add(video);
        rig.receiver.add(audio);
        for (const { wait, ...fields } of steps) {
          rig.clock.advance(wait);
          rig.receive(packetOf({ ...fields, sequenceNumber: fields.sequenceNumber & 0xffff }));
        }
        rig.clock.advance(30_000);
        expect(rig.receiver.nextTimeout()).toBeUndefined();
        expect(rig.clock.pending).toBe(0);
        for (const { ssrc } of [video, audio]) {
          const own = rig.packets.filter((packet) => packet.ssrc === ssrc);
          const numbers = own.map(({ sequenceNumber }) => sequenceNumber);
          expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
          for (const [index, { gap, sequenceNumber }] of own.entries()) {
            const before = numbers[index - 1];
            if (gap) expect(sequenceNumber).not.toBe((before ?? -2) + 1);
          }
          const statistics = rig.receiver.statistics(ssrc);
          expect(statistics?.packets).toBeGreaterThanOrEqual(own.length);
          expect(statistics?.lost).toBeGreaterThanOrEqual(0);
        }
        expect(rig.receiver.transportStatistics.packets).toBe(steps.length);
      }),
      { numRuns: 300 },
    );
  });

  it('is not disturbed by reports of any kind', () => {
    const packet = fc
      .tuple(fc.integer({ min: 0x80, max: 0x9f }), fc.integer({ min: 200, max: 206 }), fc.nat(14))
      .chain(([first, type, words]) =>
        fc
          .uint8Array({ minLength: words * 4, maxLength: words * 4 })
          .map((body) => Uint8Array.from([first, type, 0, words, ...body])),
      );
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 10 }), (list) => {
        const rig = new ReceiverRig();
        rig.receiver.add({ ssrc: 0, kind: 'video' });
        for (const bytes of list)
          for (const each of parseRtcp(bytes)) rig.receiver.receiveRtcp(each, rig.clock.now());
        expect(rig.receiver.nextTimeout()).toBeUndefined();
      }),
    );
  });
});
