import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRtcp, parseRtcp } from '../../../src/rtp/rtcp/compound.ts';
import type { ReportBlock, RtcpPacket } from '../../../src/rtp/rtcp.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

const uint8 = fc.nat(0xff);
const uint16 = fc.nat(0xffff);
const uint32 = fc.nat(0xffffffff);

const blocks: fc.Arbitrary<ReportBlock[]> = fc.array(
  fc.record({
    ssrc: uint32,
    fractionLost: uint8,
    cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
    highestSequence: uint32,
    jitter: uint32,
    lastSenderReport: uint32,
    delaySinceLastSenderReport: uint32,
  }),
  { maxLength: 31 },
);

const bitrates = fc.oneof(
  fc.nat(2 ** 18 - 1),
  fc
    .tuple(fc.integer({ min: 2 ** 17, max: 2 ** 18 - 1 }), fc.integer({ min: 1, max: 45 }))
    .map(([mantissa, exponent]) => mantissa * 2 ** exponent),
);

const arrivals = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.nat(40) },
      { weight: 2, arbitrary: fc.constant(undefined) },
      fc.constantFrom(-0x8000, 0x7fff, 256, -1),
    ),
    { maxLength: 80 },
  )
  .map((deltas) => {
    let time = 0;
    return deltas.map((delta) => (delta === undefined ? undefined : (time += delta)));
  });

const ascending = fc
  .tuple(uint16, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 50 }))
  .map(([first, steps]) => {
    let sequence = first;
    return [first, ...steps.map((step) => (sequence = (sequence + step) & 0xffff))];
  });

const packets: fc.Arbitrary<RtcpPacket> = fc.oneof(
  fc.record({
    type: fc.constant('sender-report' as const),
    ssrc: uint32,
    ntp: fc.record({ seconds: uint32, fraction: uint32 }),
    rtpTimestamp: uint32,
    packets: uint32,
    octets: uint32,
    reports: blocks,
  }),
  fc.record({ type: fc.constant('receiver-report' as const), ssrc: uint32, reports: blocks }),
  fc.record({
    type: fc.constant('sdes' as const),
    chunks: fc.array(fc.record({ ssrc: uint32, cname: fc.string({ unit: 'grapheme', maxLength: 20 }) }), {
      maxLength: 31,
    }),
  }),
  fc.record({ type: fc.constant('bye' as const), ssrcs: fc.array(uint32, { maxLength: 31 }) }),
  fc.record({
    type: fc.constant('nack' as const),
    senderSsrc: uint32,
    mediaSsrc: uint32,
    sequenceNumbers: ascending,
  }),
  fc.record({ type: fc.constant('pli' as const), senderSsrc: uint32, mediaSsrc: uint32 }),
  fc.record({
    type: fc.constant('fir' as const),
    senderSsrc: uint32,
    requests: fc.array(fc.record({ ssrc: uint32, sequenceNumber: uint8 }), { maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant('transport-feedback' as const),
    senderSsrc: uint32,
    mediaSsrc: uint32,
    feedback: fc.record({
      baseSequenceNumber: uint16,
      referenceTime: fc.nat(0xffffff),
      feedbackCount: uint8,
      arrivals,
    }),
  }),
  fc.record({
    type: fc.constant('remb' as const),
    senderSsrc: uint32,
    bitrate: bitrates,
    ssrcs: fc.array(uint32, { maxLength: 5 }),
  }),
);

describe('RTCP packets', () => {
  const block: ReportBlock = {
    ssrc: 0x01020304,
    fractionLost: 5,
    cumulativeLost: -2,
    highestSequence: 0x00010203,
    jitter: 7,
    lastSenderReport: 0x11223344,
    delaySinceLastSenderReport: 0x10000,
  };
  const blockBytes = '01020304 05 fffffe 00010203 00000007 11223344 00010000';
  const cases: [string, RtcpPacket, string][] = [
    [
      'sender reports (RFC 3550, 6.4.1)',
      {
        type: 'sender-report',
        ssrc: 0xaabbccdd,
        ntp: { seconds: 0xe0000001, fraction: 0x80000000 },
        rtpTimestamp: 90_000,
        packets: 10,
        octets: 1000,
        reports: [block],
      },
      `81c8000c aabbccdd e0000001 80000000 00015f90 0000000a 000003e8 ${blockBytes}`,
    ],
    [
      'receiver reports (6.4.2)',
      { type: 'receiver-report', ssrc: 0xaabbccdd, reports: [block] },
      `81c90007 aabbccdd ${blockBytes}`,
    ],
    [
      'CNAMEs (6.5)',
      {
        type: 'sdes',
        chunks: [
          { ssrc: 1, cname: 'ab' },
          { ssrc: 2, cname: 'é' },
        ],
      },
      '82ca0006 00000001 0102 6162 00000000 00000002 0102 c3a9 00000000',
    ],
    ['goodbyes (6.6)', { type: 'bye', ssrcs: [1, 2] }, '82cb0002 00000001 00000002'],
    [
      'NACKs (RFC 4585, 6.2.1)',
      { type: 'nack', senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: [0xfffe, 0xffff, 14, 15, 16] },
      '81cd0004 00000001 00000002 fffe8001 000f0001',
    ],
    ['PLIs (6.3.1)', { type: 'pli', senderSsrc: 1, mediaSsrc: 2 }, '81ce0002 00000001 00000002'],
    [
      'FIRs (RFC 5104, 4.3.1)',
      { type: 'fir', senderSsrc: 1, requests: [{ ssrc: 2, sequenceNumber: 255 }] },
      '84ce0004 00000001 00000000 00000002 ff000000',
    ],
    [
      'estimates',
      { type: 'remb', senderSsrc: 1, bitrate: 0x20000 * 16, ssrcs: [2] },
      '8fce0005 00000001 00000000 52454d42 01 120000 00000002',
    ],
  ];

  it.each(cases)('are %s', (_, packet, bytes) => {
    expect(buildRtcp([packet])).toEqual(hex(bytes));
    expect(parseRtcp(hex(bytes))).toEqual([packet]);
  });

  it('read as they were written, many in one', () => {
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 6 }), (list) => {
        const bytes = buildRtcp(list);
        expect(bytes.length % 4).toBe(0);
        expect(parseRtcp(bytes)).toEqual(list);
      }),
    );
  });

  it('may be padded', () => {
    expect(parseRtcp(hex('a1cb0003 00000001 00000000 00000008'))).toEqual([{ type: 'bye', ssrcs: [1] }]);
    expect(parseRtcp(hex('a1cb0002 00000001 00000004'))).toEqual([{ type: 'bye', ssrcs: [1] }]);
  });

  it('of unknown kinds, and malformed ones, are skipped; the others count', () => {
    const bye = '81cb0001 00000009';
    for (const other of [
      '80cf0000', // XR
      '81d20001 00000000',
      '81c80001 00000001', // a sender report without its times
      '82c90001 00000001', // blocks that are not there
      '81ca0001 00000001', // a chunk without items
      '81ca0002 00000001 01080000', // an item longer than its packet
      '83cb0001 00000001', // two sources missing
      '81cd0001 00000001', // feedback about nobody
      '82cd0002 00000001 00000002', // a feedback of another format
      '8fce0004 00000001 00000000 41424344 01000000', // no REMB
      '8fce0004 00000001 00000000 52454d42 01000000', // a source missing
      'a1cb0001 00000009'.replace('09', '0c'), // more padding than packet
    ])
      expect(parseRtcp(hex(bye + other + bye)), other).toHaveLength(2);
  });

  it('leave out texts of SDES other than the CNAME, and chunks without one', () => {
    const bytes = hex('82ca0005 00000001 0201 78 01 01 79 0000 00000002 0201 78 00');
    expect(parseRtcp(bytes)).toEqual([{ type: 'sdes', chunks: [{ ssrc: 1, cname: 'y' }] }]);
  });

  it('are not read after a length that can not be, or another version', () => {
    const bye = '81cb0001 00000009';
    expect(parseRtcp(hex(`${bye} 81cb0002 00000001`))).toHaveLength(1);
    expect(parseRtcp(hex(`${bye} 41cb0001 00000001 ${bye}`))).toHaveLength(1);
    expect(parseRtcp(hex(`${bye} 81cb00`))).toHaveLength(1);
  });

  it('have at most 31 of each', () => {
    const many = Array.from({ length: 40 }, (_, ssrc) => ({ ...block, ssrc }));
    const list: RtcpPacket[] = [
      { type: 'receiver-report', ssrc: 1, reports: many },
      { type: 'bye', ssrcs: many.map(({ ssrc }) => ssrc) },
      { type: 'sdes', chunks: many.map(({ ssrc }) => ({ ssrc, cname: 'x'.repeat(300) })) },
    ];
    const [report, bye, sdes] = parseRtcp(buildRtcp(list));
    expect(report).toMatchObject({ reports: { length: 31 } });
    expect(bye).toMatchObject({ ssrcs: { length: 31 } });
    expect(sdes).toMatchObject({ chunks: { length: 31, 0: { cname: 'x'.repeat(255) } } });
  });

  it('keep an endless estimate within what can be written', () => {
    for (const bitrate of [Infinity, 2 ** 100]) {
      const [packet] = parseRtcp(buildRtcp([{ type: 'remb', senderSsrc: 1, bitrate, ssrcs: [] }]));
      expect(packet).toMatchObject({ type: 'remb', bitrate: 2 ** 80 });
    }
  });

  it('are never thrown at', () => {
    const head = fc
      .tuple(fc.integer({ min: 0x80, max: 0xbf }), fc.integer({ min: 200, max: 207 }), fc.nat(20))
      .chain(([first, type, words]) =>
        fc
          .uint8Array({ minLength: words * 4, maxLength: words * 4 })
          .map((body) => [first, type, 0, words, ...body]),
      );
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(head, { maxLength: 4 }).map((list) => Uint8Array.from(list.flat())),
      fc
        .tuple(fc.array(packets, { minLength: 1, maxLength: 3 }), fc.nat(), uint8)
        .map(([list, at, value]) => {
          const bytes = Uint8Array.from(buildRtcp(list));
          bytes[at % bytes.length] = value;
          return bytes;
        }),
    );
    fc.assert(
      fc.property(junk, (bytes) => {
        // What was read can be written again.
        buildRtcp(parseRtcp(bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});
