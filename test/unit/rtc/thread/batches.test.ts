/** Packets and figures come to the other thread as they are. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutgoingBatch, unpackOutgoing } from '../../../../src/rtc/thread/outgoing-batch.ts';
import {
  packReceived,
  unpackReceived,
  type StreamPacket,
} from '../../../../src/rtc/thread/received-batch.ts';
import {
  newReceivedRecord,
  newSentRecord,
  nextRetransmission,
  readReceived,
  readSent,
  writeReceived,
  writeSent,
} from '../../../../src/rtc/thread/statistics-record.ts';
import type { ReceivedPacket, SourceStatistics } from '../../../../src/rtp/receive/types.ts';
import type { OutgoingPacket, SentStatistics } from '../../../../src/rtp/send/types.ts';
import { offered } from '../../../support/fake-rtp.ts';

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const audioLevel = fc.option(fc.record({ level: fc.nat(127), voice: fc.boolean() }), { nil: undefined });
const dependencyDescriptor = fc.option(fc.uint8Array({ minLength: 1, maxLength: 255 }), { nil: undefined });
const time = fc.double({ min: 0, max: 2e12, noNaN: true });

// Every field has to be there: one that is new is forgotten by no batch.
const received: fc.Arbitrary<Required<ReceivedPacket>> = fc.record({
  ssrc: uint32,
  codec: fc.constantFrom(...offered.codecs),
  sequenceNumber: fc.nat(2 ** 31),
  timestamp: uint32,
  marker: fc.boolean(),
  payload: bytes(1_500),
  audioLevel,
  dependencyDescriptor,
  arrival: time,
  read: time,
  isRecovered: fc.boolean(),
  gap: fc.boolean(),
} satisfies Record<keyof ReceivedPacket, unknown>) as fc.Arbitrary<Required<ReceivedPacket>>;

const outgoing: fc.Arbitrary<Required<OutgoingPacket>> = fc.record({
  payloadType: fc.nat(127),
  timestamp: uint32,
  marker: fc.boolean(),
  payload: bytes(1_500),
  audioLevel,
  dependencyDescriptor,
  extensions: fc.option(
    fc.array(fc.record({ id: fc.integer({ min: 1, max: 255 }), value: bytes(255) }), {
      minLength: 1,
      maxLength: 4,
    }),
    { nil: undefined },
  ),
} satisfies Record<keyof OutgoingPacket, unknown>) as fc.Arbitrary<Required<OutgoingPacket>>;

describe('a batch of packets', () => {
  it('gives those that were received as they were, without those that nobody receives any more', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), received), { maxLength: 20 }), (packets) => {
        const linked = packets.map(([stream, packet]): StreamPacket => {
          return { stream, codec: offered.codecs.indexOf(packet.codec), packet };
        });
        const taken: [number, ReceivedPacket][] = [];
        unpackReceived(
          packReceived(linked),
          (stream, codec) => (stream === 0 ? undefined : offered.codecs[codec]),
          (stream, packet) => taken.push([stream, packet]),
        );
        expect(taken).toEqual(packets.filter(([stream]) => stream !== 0));
      }),
    );
  });

  it('gives those that are to be sent as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), uint32, outgoing), { maxLength: 20 }), (packets) => {
        const batch = new OutgoingBatch();
        for (const rounds of [packets, packets.slice(1)]) {
          for (const [link, ssrc, packet] of rounds) batch.add(link, ssrc, packet);
          expect(batch.isEmpty).toBe(rounds.length === 0);
          const taken: [number, number, OutgoingPacket][] = [];
          const { batch: buffer, length } = batch.take();
          unpackOutgoing(buffer, length, (link, ssrc, packet) => taken.push([link, ssrc, packet]));
          expect(taken).toEqual(rounds);
        }
      }),
    );
  });

  it('takes a level out of range as the nearest in it', () => {
    const packet = { payloadType: 1, timestamp: 0, marker: false, payload: Uint8Array.of(1) };
    const batch = new OutgoingBatch();
    for (const level of [-3, 200.4, 12.6])
      batch.add(1, 1, { ...packet, audioLevel: { level, voice: false } });
    const taken: unknown[] = [];
    const { batch: buffer, length } = batch.take();
    unpackOutgoing(buffer, length, (_, __, { audioLevel: level }) => taken.push(level?.level));
    expect(taken).toEqual([0, 127, 13]);
  });
});

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });

describe('the figures of a source', () => {
  it('that is received are as they were written', () => {
    const figures: fc.Arbitrary<SourceStatistics> = fc.record({
      ssrc: fc.constant(7),
      kind: fc.constant('video'),
      packets: fc.nat(),
      bytes: fc.nat(),
      lost: fc.integer(),
      recovered: fc.nat(),
      duplicates: fc.nat(),
      discarded: fc.nat(),
      jitter: fc.double({ min: 0, max: 10, noNaN: true }),
      frames: fc.nat(),
      keyFrames: fc.nat(),
      nacksSent: fc.nat(),
      plisSent: fc.nat(),
      codec: maybe(fc.constantFrom('opus', 'vp8', 'vp9', 'h264', 'av1')),
      width: maybe(fc.nat(9_999)),
      height: maybe(fc.nat(9_999)),
      lastArrival: maybe(time),
      senderReport: maybe(
        fc.record({
          ntp: fc.record({ seconds: uint32, fraction: uint32 }),
          rtpTimestamp: uint32,
          arrival: time,
        }),
      ),
    } satisfies Record<keyof SourceStatistics, unknown>) as fc.Arbitrary<SourceStatistics>;
    fc.assert(
      fc.property(figures, (written) => {
        const record = new Float64Array(newReceivedRecord());
        writeReceived(record, written);
        expect(readReceived(record, 7, 'video')).toEqual(written);
      }),
    );
  });

  it('that is sent are as they were written', () => {
    const figures: fc.Arbitrary<SentStatistics> = fc.record({
      packets: fc.nat(),
      bytes: fc.nat(),
      retransmitted: fc.nat(),
      nacks: fc.nat(),
      keyFrameRequests: fc.nat(),
      roundTripTime: maybe(time),
      fractionLost: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
      lost: maybe(fc.integer()),
    } satisfies Record<keyof SentStatistics, unknown>);
    fc.assert(
      fc.property(figures, fc.nat(), (written, rtx) => {
        const record = new Float64Array(newSentRecord());
        writeSent(record, written, rtx);
        expect(readSent(record)).toEqual(written);
        expect(nextRetransmission(record)).toBe(rtx);
      }),
    );
  });

  it('are none before anything has come', () => {
    expect(readReceived(new Float64Array(newReceivedRecord()), 7, 'audio')).toEqual({
      ssrc: 7,
      kind: 'audio',
      packets: 0,
      bytes: 0,
      lost: 0,
      recovered: 0,
      duplicates: 0,
      discarded: 0,
      jitter: 0,
      frames: 0,
      keyFrames: 0,
      nacksSent: 0,
      plisSent: 0,
      codec: undefined,
      width: undefined,
      height: undefined,
      lastArrival: undefined,
      senderReport: undefined,
    });
    expect(readSent(new Float64Array(newSentRecord()))).toMatchObject({
      packets: 0,
      keyFrameRequests: 0,
      roundTripTime: undefined,
      lost: undefined,
    });
  });
});
