/**
 * P-256 (RFC 8422) by Node's own cryptography, in place of @noble/curves, where werift calls it: bridges choose this curve, and in JavaScript
 * it takes several milliseconds a handshake. Only the bundle has it (scripts/lib/bundle-werift.mjs).
 */
import { createECDH, ECDH } from 'node:crypto';

const curve = 'prime256v1';

function ecdh(privateKey: Uint8Array): ECDH {
  const own = createECDH(curve);
  own.setPrivateKey(privateKey);
  return own;
}

export const p256 = {
  utils: {
    randomPrivateKey(): Uint8Array {
      const own = createECDH(curve);
      own.generateKeys();
      const key = own.getPrivateKey();
      // Without the zeroes that it begins with.
      return Buffer.concat([Buffer.alloc(32 - key.length), key]);
    },
  },
  getPublicKey: (privateKey: Uint8Array, isCompressed: boolean): Uint8Array =>
    ecdh(privateKey).getPublicKey(null, isCompressed ? 'compressed' : 'uncompressed'),
  /** A byte that werift leaves out, then the coordinate that both sides share. @throws Error when the other's point is not on the curve */
  getSharedSecret: (privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.of(2), ecdh(privateKey).computeSecret(publicKey)]),
};
