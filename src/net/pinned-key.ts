/**
 * Public keys that are known beforehand (RFC 7469, 2.4: SHA-256 of the SubjectPublicKeyInfo), written as curl writes them:
 * `sha256//BASE64`. The key is that of the server itself, whoever has signed for it.
 */
import { createHash, type X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { ConnectionError, UsageError } from '../base/errors.ts';

const form = /^sha256\/\/[A-Za-z0-9+/]{43}=$/;

export function pinOf(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256//${createHash('sha256').update(key).digest('base64')}`;
}

/** @throws UsageError `pin-invalid` */
export function checkPins(pins: readonly string[]): void {
  const odd = pins.find((pin) => !form.test(pin));
  if (odd === undefined && pins.length > 0) return;
  throw new UsageError(
    `pinning keys: ${odd === undefined ? 'there is none' : JSON.stringify(odd.slice(0, 100))}; each is to be "sha256//" and the SHA-256 of the public key in base64, as curl --pinnedpubkey takes it`,
    { code: 'pin-invalid' },
  );
}

/** Undefined when the server at the other end has one of the keys. */
export function pinMismatch(socket: TLSSocket, pins: readonly string[]): ConnectionError | undefined {
  const certificate = socket.getPeerX509Certificate();
  const seen = certificate && pinOf(certificate);
  if (seen !== undefined && pins.includes(seen)) return undefined;
  return new ConnectionError(
    `the server has none of the pinned keys (pinnedKeys); its key is ${seen ?? 'not shown'}: somebody is on the way, or the server has a new one`,
    { code: 'pin-mismatch' },
  );
}
