import { expect, it } from 'vitest';
import { x25519 } from '../../../../../src/rtc/werift/native/x25519.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** RFC 7748, 6.1 */
const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
const bobPublic = hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');

it('has the secret of RFC 7748', () => {
  expect(Buffer.from(x25519.scalarMult(alice, bobPublic)).toString('hex')).toBe(
    '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
  );
});

it('gives both sides the same', () => {
  const [one, other] = [x25519.box.keyPair(), x25519.box.keyPair()];
  expect(one.publicKey).toHaveLength(32);
  expect(one.secretKey.buffer.byteLength).toBe(32);
  expect(x25519.scalarMult(one.secretKey, other.publicKey)).toEqual(
    x25519.scalarMult(other.secretKey, one.publicKey),
  );
});

it('takes no point that makes the secret known to everybody', () => {
  expect(() => x25519.scalarMult(alice, new Uint8Array(32))).toThrow();
});
