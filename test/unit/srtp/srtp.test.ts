import { describe, expect, it } from 'vitest';
import { Srtp, type SrtpKeys } from '../../../src/srtp/srtp.ts';
import { nodeCiphers } from '../../../src/rtc/node-ciphers.ts';
import type { ProtectionProfileId } from '../../../src/srtp/profiles.ts';
import { buildRtpHeader, parseRtp } from '../../../src/rtp/packet.ts';

const bytes = (length: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 31 + seed) & 0xff));
const profiles = [
  ['AEAD_AES_128_GCM', 7, 12],
  ['AES128_CM_HMAC_SHA1_80', 1, 14],
] as const;

function pair(profile: ProtectionProfileId, saltLength: number): { a: Srtp; b: Srtp } {
  const keys: SrtpKeys = {
    profile,
    localMasterKey: bytes(16, 1),
    localMasterSalt: bytes(saltLength, 2),
    remoteMasterKey: bytes(16, 3),
    remoteMasterSalt: bytes(saltLength, 4),
  };
  const theirs: SrtpKeys = {
    profile,
    localMasterKey: keys.remoteMasterKey,
    localMasterSalt: keys.remoteMasterSalt,
    remoteMasterKey: keys.localMasterKey,
    remoteMasterSalt: keys.localMasterSalt,
  };
  return { a: new Srtp(nodeCiphers, keys), b: new Srtp(nodeCiphers, theirs) };
}

const header = (sequenceNumber: number, ssrc = 0xdead_beef): Uint8Array =>
  buildRtpHeader({
    payloadType: 100,
    marker: true,
    sequenceNumber,
    timestamp: 90_000,
    ssrc,
    extensions: [{ id: 5, value: Uint8Array.of(1, 2) }],
  });
/** What can be protected. */
function protect(srtp: Srtp, packet: Uint8Array): Uint8Array {
  const sent = srtp.protectRtp(packet, payload);
  if (!sent) throw new Error('it was not protected');
  return sent;
}

const payload = bytes(1100, 9);
const receiverReport = Buffer.from('80c90001deadbeef00112233445566778899aabb', 'hex');
/** What can be protected. */
function protectReport(srtp: Srtp): Uint8Array {
  const sent = srtp.protectRtcp(receiverReport);
  if (!sent) throw new Error('it was not protected');
  return sent;
}

describe.each(profiles)('%s', (_, profile, saltLength) => {
  it('protects packets, and gives them back as they were', () => {
    const { a, b } = pair(profile, saltLength);
    const sent = protect(a, header(7));
    expect(Buffer.from(sent).includes(payload.subarray(0, 16))).toBe(false);
    const clear = b.unprotectRtp(sent);
    expect(clear && parseRtp(clear)).toMatchObject({ sequenceNumber: 7, ssrc: 0xdead_beef, marker: true });
    expect(clear?.subarray(-payload.length)).toEqual(payload);

    const compound = protectReport(a);
    expect(b.unprotectRtcp(compound)).toEqual(receiverReport);
  });

  it('takes nothing twice, nothing altered, nothing of other keys, nothing too short', () => {
    const { a, b } = pair(profile, saltLength);
    const sent = protect(a, header(7));
    const compound = protectReport(a);
    for (const [at, whole] of [
      [1, sent],
      [20, sent],
      [sent.length - 1, sent],
    ] as const) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(b.unprotectRtp(altered)).toBeUndefined();
    }
    expect(a.unprotectRtp(sent)).toBeUndefined();
    expect(a.unprotectRtcp(compound)).toBeUndefined();
    for (let length = 0; length < 40; length++) {
      expect(b.unprotectRtp(sent.subarray(0, length))).toBeUndefined();
      expect(b.unprotectRtcp(compound.subarray(0, Math.min(length, compound.length - 1)))).toBeUndefined();
    }
    // Copies: what is opened is opened in place.
    const again = [Uint8Array.from(sent), Uint8Array.from(compound)] as const;
    expect(b.unprotectRtp(sent)).toBeDefined();
    expect(b.unprotectRtp(again[0])).toBeUndefined();
    expect(b.unprotectRtcp(compound)).toBeDefined();
    expect(b.unprotectRtcp(again[1])).toBeUndefined();
  });

  it('goes on after a long loss around a wrap, and after packets that come late', () => {
    const { a, b } = pair(profile, saltLength);
    const numbers = [65_200, 65_300, 65_400, 300, 1000, 20_000, 52_000, 60_000];
    const byNumber = new Map(
      numbers.map((sequenceNumber) => [sequenceNumber, protect(a, header(sequenceNumber))]),
    );
    const sent = [65_200, 65_300, 300, 65_400, 20_000, 52_000, 1000, 60_000].map((number) =>
      byNumber.get(number),
    );
    const [first, late, afterWrap, ...others] = sent;
    if (!first || !late || !afterWrap) throw new Error('nothing was sent');
    expect(b.unprotectRtp(first)).toBeDefined();
    expect(b.unprotectRtp(afterWrap)).toBeDefined();
    // 536 packets late: too old to know whether it has come before.
    expect(b.unprotectRtp(late)).toBeUndefined();
    // 65 400 is of the time before the wrap, 1000 is half of all numbers late.
    expect(others.map((packet) => packet && b.unprotectRtp(packet) !== undefined)).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  it('does not send what would be from before the first index', () => {
    const { a, b } = pair(profile, saltLength);
    expect(a.protectRtp(header(2), payload)).toBeDefined();
    // A packet that another has overtaken, around a wrap.
    expect(a.protectRtp(header(65_535), payload)).toBeUndefined();
    expect(b.unprotectRtp(protect(a, header(3)))).toBeDefined();
  });

  it('protects no report that is too short to be one', () => {
    const { a } = pair(profile, saltLength);
    for (let length = 0; length < 8; length++) expect(a.protectRtcp(new Uint8Array(length))).toBeUndefined();
  });

  it('has an index for each source', () => {
    const { a, b } = pair(profile, saltLength);
    for (const ssrc of [1, 2, 0xffff_ffff]) {
      expect(b.unprotectRtp(protect(a, header(65_535, ssrc)))).toBeDefined();
      expect(b.unprotectRtp(protect(a, header(0, ssrc)))).toBeDefined();
    }
  });
});

describe('a packet that is sent again as it was, but for its extensions', () => {
  it.each([
    ['AES128_CM_HMAC_SHA1_80', 1, 14, true],
    ['AEAD_AES_128_GCM, whose key for tags two of one index give away,', 7, 12, false],
  ] as const)('goes out with %s: %i', (_, profile, saltLength, goesOut) => {
    const { a } = pair(profile, saltLength);
    for (const number of [7, 8, 9]) expect(a.protectRtp(header(number), payload)).toBeDefined();
    expect(a.protectRtp(header(8), payload) !== undefined).toBe(goesOut);
    expect(a.protectRtp(header(10), payload)).toBeDefined();
  });
});
