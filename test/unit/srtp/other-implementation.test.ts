/** Packets between ours and werift's SRTP, which shares no code with it. */
import { describe, expect, it } from 'vitest';
import { RtpHeader, SrtcpSession, SrtpSession } from 'werift';
import { nodeCiphers } from '../../../src/rtc/node-ciphers.ts';
import { buildRtpHeader } from '../../../src/rtp/packet.ts';
import { Srtp } from '../../../src/srtp/srtp.ts';
import { protectionProfiles } from '../../../src/srtp/profiles.ts';
import { seededRandom } from '../../support/random.ts';

describe.each([1, 7] as const)('profile %i', (profile) => {
  const random = seededRandom(profile);
  const { saltLength } = protectionProfiles[profile];
  const ours = { key: Buffer.from(random(16)), salt: Buffer.from(random(saltLength)) };
  const theirs = { key: Buffer.from(random(16)), salt: Buffer.from(random(saltLength)) };
  const srtp = new Srtp(nodeCiphers, {
    profile,
    localMasterKey: ours.key,
    localMasterSalt: ours.salt,
    remoteMasterKey: theirs.key,
    remoteMasterSalt: theirs.salt,
  });
  const keys = {
    localMasterKey: theirs.key,
    localMasterSalt: theirs.salt,
    remoteMasterKey: ours.key,
    remoteMasterSalt: ours.salt,
  };

  it('RTP of any length, over a wrap of the sequence number', () => {
    const other = new SrtpSession({ keys, profile });
    let number = 65_500;
    for (let length = 0; length < 1_400; length += length < 70 ? 1 : 53) {
      number = (number + 1) & 0xffff;
      const payload = Buffer.from(random(length));
      const header = buildRtpHeader({
        payloadType: 100,
        marker: length % 2 === 0,
        sequenceNumber: number,
        timestamp: length * 3_000,
        ssrc: 0xf234_5678,
        extensions: length % 3 === 0 ? [{ id: 5, value: Uint8Array.of(1, 2) }] : [],
      });
      const sent = Buffer.from(srtp.protectRtp(header, payload) ?? []);
      expect(other.decrypt(sent)).toEqual(Buffer.concat([header, payload]));

      const back = other.encrypt(payload, RtpHeader.deSerialize(Buffer.from(header)));
      expect(Buffer.from(srtp.unprotectRtp(back) ?? [])).toEqual(Buffer.concat([header, payload]));
    }
  });

  it('RTCP of any length', () => {
    const other = new SrtcpSession({ keys, profile });
    for (let words = 0; words < 60; words++) {
      const compound = Buffer.concat([
        Buffer.from('80c90001deadbeef', 'hex'),
        Buffer.from(random(words * 4)),
      ]);
      expect(other.decrypt(Buffer.from(srtp.protectRtcp(compound) ?? []))).toEqual(compound);
      expect(Buffer.from(srtp.unprotectRtcp(other.encrypt(compound)) ?? [])).toEqual(compound);
    }
  });
});
