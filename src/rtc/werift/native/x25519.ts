/**
 * X25519 (RFC 7748) by Node's own cryptography, in place of tweetnacl, where werift calls it: a handshake has two multiplications, and in
 * JavaScript each takes a millisecond or two. Only the bundle has it (scripts/lib/bundle-werift.mjs).
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';

/** What goes before the 32 bytes of a private key in PKCS #8 (RFC 8410, 7). */
const privateHead = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Those that were made here, by the memory of their bytes: OpenSSL takes longer to read a key in DER than for all the rest of a handshake. */
const made = new WeakMap<ArrayBufferLike, KeyObject>();

function keyPair(): { publicKey: Uint8Array; secretKey: Uint8Array } {
  const { privateKey } = generateKeyPairSync('x25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  // Memory of their own: werift takes the whole of it.
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64url'));
  const secretKey = bytes(d);
  made.set(secretKey.buffer, privateKey);
  return { publicKey: bytes(x), secretKey };
}

/** @throws Error when the other side's point gives a secret of zeroes, which is no secret (RFC 7748, 6.1) */
function scalarMult(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const x = Buffer.from(publicKey).toString('base64url');
  return diffieHellman({
    privateKey: made.get(secretKey.buffer) ?? readPrivateKey(secretKey),
    publicKey: createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x } }),
  });
}

function readPrivateKey(secretKey: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privateHead, secretKey]), format: 'der', type: 'pkcs8' });
}

/** As tweetnacl names them. */
export const x25519: { box: { keyPair: typeof keyPair }; scalarMult: typeof scalarMult } = {
  box: { keyPair },
  scalarMult,
};
