/**
 * X25519 (RFC 7748) by Node's own cryptography, in place of tweetnacl, where werift calls it: a handshake has two multiplications, and in
 * JavaScript each takes a millisecond or two. Only the bundle has it (scripts/lib/bundle-werift.mjs).
 */
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';

/** What goes before the 32 bytes of a key in PKCS #8 and in SubjectPublicKeyInfo (RFC 8410, 7 and 4). */
const privateHead = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicHead = Buffer.from('302a300506032b656e032100', 'hex');
const keyLength = 32;

function keyPair(): { publicKey: Uint8Array; secretKey: Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  // Copies: werift takes their whole ArrayBuffer.
  return {
    publicKey: Uint8Array.from(publicKey.subarray(-keyLength)),
    secretKey: Uint8Array.from(privateKey.subarray(-keyLength)),
  };
}

/** @throws Error when the other side's point gives a secret of zeroes, which is no secret (RFC 7748, 6.1) */
function scalarMult(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const key = (head: Buffer, bytes: Uint8Array): { key: Buffer; format: 'der' } => ({
    key: Buffer.concat([head, bytes]),
    format: 'der',
  });
  return diffieHellman({
    privateKey: createPrivateKey({ ...key(privateHead, secretKey), type: 'pkcs8' }),
    publicKey: createPublicKey({ ...key(publicHead, publicKey), type: 'spki' }),
  });
}

/** As tweetnacl names them. */
export const x25519: { box: { keyPair: typeof keyPair }; scalarMult: typeof scalarMult } = {
  box: { keyPair },
  scalarMult,
};
