import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRtpHeader, extensionOf, parseRtp, type RtpHeader } from '../../../src/rtp/packet.ts';

const header: RtpHeader = {
  payloadType: 111,
  marker: true,
  sequenceNumber: 0xfffe,
  timestamp: 0xfedcba98,
  ssrc: 0x89abcdef,
  extensions: [],
};

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

function packetOf(head: RtpHeader, payload: Uint8Array, padding = 0): Uint8Array {
  const bytes = [...buildRtpHeader(head, padding > 0), ...payload, ...new Uint8Array(padding)];
  if (padding > 0) bytes[bytes.length - 1] = padding;
  return Uint8Array.from(bytes);
}

const headers: fc.Arbitrary<RtpHeader> = fc.record({
  payloadType: fc.nat(127),
  marker: fc.boolean(),
  sequenceNumber: fc.nat(0xffff),
  timestamp: fc.nat(0xffffffff),
  ssrc: fc.nat(0xffffffff),
  extensions: fc.oneof(
    fc.array(
      fc.record({
        id: fc.integer({ min: 1, max: 14 }),
        value: fc.uint8Array({ minLength: 1, maxLength: 16 }),
      }),
      { maxLength: 5 },
    ),
    fc.array(fc.record({ id: fc.integer({ min: 1, max: 255 }), value: fc.uint8Array({ maxLength: 255 }) }), {
      maxLength: 5,
    }),
  ),
});

describe('RTP packets', () => {
  it('have the fields of RFC 3550, 5.1', () => {
    expect(buildRtpHeader(header)).toEqual(hex('80 ef fffe fedcba98 89abcdef'));
    expect(parseRtp(hex('80 ef fffe fedcba98 89abcdef 0102'))).toEqual({
      ...header,
      payload: hex('0102'),
      paddingLength: 0,
    });
  });

  it('have extensions of one byte of head (RFC 8285, 4.2)', () => {
    const extensions = [
      { id: 1, value: hex('7f') },
      { id: 5, value: hex('0102') },
    ];
    const bytes = hex('90 ef fffe fedcba98 89abcdef bede0002 107f 51 0102 000000 aa');
    expect(buildRtpHeader({ ...header, extensions })).toEqual(bytes.subarray(0, -1));
    const packet = parseRtp(bytes);
    expect(packet?.extensions).toEqual(extensions);
    expect(packet?.payload).toEqual(hex('aa'));
  });

  it('have extensions of two bytes of head where one is not enough (4.3)', () => {
    const extensions = [
      { id: 15, value: hex('01') },
      { id: 2, value: hex('') },
    ];
    const bytes = hex('90 ef fffe fedcba98 89abcdef 10000002 0f0101 0200 000000');
    expect(buildRtpHeader({ ...header, extensions })).toEqual(bytes);
    expect(parseRtp(bytes)?.extensions).toEqual(extensions);
    // The lower bits of the profile are the application's.
    bytes[13] = 0x07;
    expect(parseRtp(bytes)?.extensions).toEqual(extensions);
  });

  it('may have padding between extensions, and end them with the identifier 15', () => {
    const bytes = hex('90 ef fffe fedcba98 89abcdef bede0003 00 107f 00 f1ffff 51 01020000');
    expect(parseRtp(bytes)?.extensions).toEqual([{ id: 1, value: hex('7f') }]);
  });

  it('may have extensions that nobody knows', () => {
    const packet = parseRtp(hex('90 ef fffe fedcba98 89abcdef 12340001 107f0000 aa'));
    expect(packet?.extensions).toEqual([]);
    expect(packet?.payload).toEqual(hex('aa'));
  });

  it('lose extensions that do not fit', () => {
    const packet = parseRtp(hex('90 ef fffe fedcba98 89abcdef bede0001 107f 5f01 aa'));
    expect(packet?.extensions).toEqual([{ id: 1, value: hex('7f') }]);
  });

  it('may name contributing sources, which are skipped', () => {
    expect(parseRtp(hex('82 ef fffe fedcba98 89abcdef 00000001 00000002 aa'))?.payload).toEqual(hex('aa'));
  });

  it('may end in padding, or be nothing else', () => {
    const packet = parseRtp(hex('a0 6f fffe fedcba98 89abcdef aabb 000003'));
    expect([packet?.payload, packet?.paddingLength]).toEqual([hex('aabb'), 3]);
    const probe = parseRtp(packetOf(header, new Uint8Array(0), 255));
    expect([probe?.payload.length, probe?.paddingLength]).toEqual([0, 255]);
  });

  it.each([
    ['nothing', ''],
    ['eleven bytes', '80 ef fffe fedcba98 89abcd'],
    ['another version', '40 ef fffe fedcba98 89abcdef'],
    ['contributing sources that are not there', '82 ef fffe fedcba98 89abcdef 00000001'],
    ['an extension without a length', '90 ef fffe fedcba98 89abcdef bede'],
    ['an extension that is longer than the packet', '90 ef fffe fedcba98 89abcdef bede0002 107f0000'],
    ['padding that is longer than the payload', 'a0 ef fffe fedcba98 89abcdef 0003'],
  ])('are not %s', (_, bytes) => {
    expect(parseRtp(hex(bytes))).toBeUndefined();
  });

  it('read as they were written', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 30 }), fc.nat(40), (head, payload, paddingLength) => {
        expect(parseRtp(packetOf(head, payload, paddingLength))).toEqual({ ...head, payload, paddingLength });
      }),
    );
  });

  it('are never more than their bytes', () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.from([0xb0, 100, ...rest])),
    );
    fc.assert(
      fc.property(junk, (bytes) => {
        const packet = parseRtp(bytes);
        if (!packet) return;
        expect(packet.payload.length + packet.paddingLength).toBeLessThanOrEqual(bytes.length - 12);
        for (const { value } of packet.extensions) expect(value.buffer).toBe(bytes.buffer);
      }),
    );
  });

  it('give an extension by its identifier', () => {
    const packet = { ...header, extensions: [{ id: 5, value: hex('0102') }] };
    expect(extensionOf(packet, 5)).toEqual(hex('0102'));
    expect(extensionOf(packet, 1)).toBeUndefined();
    expect(extensionOf(packet, undefined)).toBeUndefined();
  });
});
