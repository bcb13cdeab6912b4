/** The vectors of RFC 3711 (appendix B) and RFC 7714 (16, 17), and packets with master keys as libsrtp has them in its own tests. */
import { describe, expect, it } from 'vitest';
import { nodeCiphers } from '../../../src/rtc/node-ciphers.ts';
import { AesGcm } from '../../../src/srtp/aes-gcm.ts';
import { CounterMode } from '../../../src/srtp/counter-mode.ts';
import { HmacSha1 } from '../../../src/srtp/hmac-sha1.ts';
import { deriveKeys } from '../../../src/srtp/key-derivation.ts';
import { Srtp } from '../../../src/srtp/srtp.ts';

const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const hex = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString('hex');

describe('AES in counter mode', () => {
  it('has the keystream of RFC 3711, B.2', () => {
    const encrypt = nodeCiphers.aes128(bytes('2b7e151628aed2a6abf7158809cf4f3c'));
    const stream = new Uint8Array(0xff02 * 16);
    new CounterMode(encrypt, bytes('f0f1f2f3f4f5f6f7f8f9fafbfcfd')).apply(stream, 0, stream.length, 0, 0, 0);
    for (const [block, expected] of [
      [0, 'e03ead0935c95e80e166b16dd92b4eb4'],
      [1, 'd23513162b02d0f72a43a2fe4a5f97ab'],
      [2, '41e95b3bb0a2e8dd477901e4fca894c0'],
      [0xfeff, 'ec8cdf7398607cb0f2d21675ea9ea1e4'],
      [0xff00, '362b7c3c6773516318a077d7fc5073ae'],
      [0xff01, '6a2cc3787889374fbeb4c81b17ba6c44'],
    ] as const)
      expect(hex(stream.subarray(block * 16, block * 16 + 16)), String(block)).toBe(expected);
  });

  it('is the same wherever the bytes lie, and however many there are', () => {
    const encrypt = nodeCiphers.aes128(bytes('2b7e151628aed2a6abf7158809cf4f3c'));
    const mode = new CounterMode(encrypt, bytes('f0f1f2f3f4f5f6f7f8f9fafbfcfd'));
    const whole = new Uint8Array(3_000);
    mode.apply(whole, 0, whole.length, 7, 8, 9);
    for (const offset of [0, 1, 2, 3, 4])
      for (const length of [0, 1, 15, 16, 17, 63, 64, 65, 1_100, 2_048]) {
        const place = new Uint8Array(length + 9);
        mode.apply(place, offset, offset + length, 7, 8, 9);
        expect(hex(place.subarray(offset, offset + length))).toBe(hex(whole.subarray(0, length)));
        expect([...place.subarray(0, offset), ...place.subarray(offset + length)]).toEqual(
          Array.from({ length: 9 }, () => 0),
        );
      }
  });
});

it('HMAC-SHA1 has the tags of RFC 2202, 3', () => {
  for (const [key, message, digest] of [
    [bytes('0b'.repeat(20)), Buffer.from('Hi There'), 'b617318655057264e28b'],
    [Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'), 'effcdf6ae5eb2fa2d274'],
    [bytes('aa'.repeat(20)), bytes('dd'.repeat(50)), '125d7342b9ac11cd91a3'],
  ] as const) {
    const hmac = new HmacSha1(nodeCiphers.sha1, key);
    const signed = new Uint8Array(message.length + 10);
    signed.set(message);
    hmac.sign(signed, message.length);
    expect(hex(signed.subarray(message.length))).toBe(digest);
    expect(hmac.verify(signed, message.length)).toBe(true);
  }
});

const masterKey = bytes('e1f97a0d3e018be0d64fa32c06de4139');
const masterSalt = bytes('0ec675ad498afeebb6960b3aabe6');

it('derives the keys of RFC 3711, B.3', () => {
  const { rtp } = deriveKeys(nodeCiphers, masterKey, masterSalt);
  expect(hex(rtp.key)).toBe('c61e7a93744f39ee10734afe3ff7a087');
  expect(hex(rtp.salt)).toBe('30cbbc08863d8c85d49db34a9ae1');
  expect(hex(rtp.authenticationKey)).toBe('cebe321f6ff7716b6fd4ab49af256a156d38baa4');
});

it('AES_CM_128_HMAC_SHA1_80 makes the packets that libsrtp makes', () => {
  const srtp = new Srtp(nodeCiphers, {
    profile: 1,
    localMasterKey: masterKey,
    localMasterSalt: masterSalt,
    remoteMasterKey: masterKey,
    remoteMasterSalt: masterSalt,
  });
  const header = bytes('800f1234decafbadcafebabe');
  const sent = srtp.protectRtp(header, bytes('ab'.repeat(16)));
  expect(hex(sent)).toBe('800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb');
  const compound = bytes(`81c8000bcafebabe${'ab'.repeat(16)}`);
  const report = srtp.protectRtcp(compound);
  expect(hex(report)).toBe('81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798');
  expect(hex(srtp.unprotectRtp(sent ?? new Uint8Array()))).toBe(`${hex(header)}${'ab'.repeat(16)}`);
  expect(hex(srtp.unprotectRtcp(report ?? new Uint8Array()))).toBe(hex(compound));
});

describe('AEAD_AES_128_GCM', () => {
  const key = bytes('000102030405060708090a0b0c0d0e0f');
  const keys = { key, salt: bytes('517569642070726f2071756f'), authenticationKey: new Uint8Array(0) };
  const cipher = new AesGcm(nodeCiphers, { rtp: keys, rtcp: keys });

  it('makes the packet of RFC 7714, 16.1.1', () => {
    const header = bytes('8040f17b 8041f8d3 5501a0b2');
    const clear = '47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573';
    const sealed = cipher.sealRtp(header, bytes(clear), 0x5501_a0b2, 0xf17b);
    expect(hex(sealed)).toBe(
      hex(
        bytes(
          '8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce',
        ),
      ),
    );
    expect(hex(cipher.openRtp(sealed, 12, 0x5501_a0b2, 0xf17b))).toBe(hex(header) + hex(bytes(clear)));
  });

  it('makes the compound of RFC 7714, 17.1', () => {
    const compound = bytes(
      '81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef deadbeef',
    );
    const sealed = cipher.sealRtcp(compound, 0x4d61_7273, 0x5d4);
    expect(hex(sealed)).toBe(
      hex(
        bytes(
          '81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4',
        ),
      ),
    );
    expect(hex(cipher.openRtcp(sealed, 0x4d61_7273))).toBe(hex(compound));
  });
});
