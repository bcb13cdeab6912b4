/**
 * A self-signed certificate for DTLS (RFC 8827, 6.5: ECDSA on P-256), written in DER by hand (RFC 5280, 4.1): a library for it takes
 * longer to load than everything else on the way to a data channel.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { Fingerprint } from '../jingle/model.ts';

export interface CertificatePem {
  certificatePem: string;
  privateKeyPem: string;
}

const day = 24 * 60 * 60 * 1000;

let own: CertificatePem | undefined;

/** The same for the whole process. */
export function ownCertificate(): CertificatePem {
  own ??= createCertificate();
  return own;
}

/** Upper-case hex pairs with colons (RFC 8122, 5). */
export function fingerprintOf(certificate: Buffer, hash: string): string {
  const digest = createHash(hash).update(certificate).digest('hex').toUpperCase();
  return digest.match(/../g)?.join(':') ?? '';
}

/** What is signalled of a certificate. */
export function signalledFingerprint(certificatePem: string): Fingerprint {
  return { hash: 'sha-256', value: fingerprintOf(new X509Certificate(certificatePem).raw, 'sha256') };
}

function createCertificate(): CertificatePem {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const commonName = sequence(der(0x06, [0x55, 0x04, 0x03]), der(0x0c, Buffer.from('jitsi-headless')));
  const name = sequence(der(0x31, commonName));
  const now = Date.now();
  // Peers compare fingerprints, hardly any looks at the dates; clocks differ by some hours at most.
  const validity = sequence(time(now - day), time(now + 365 * day));
  const version3 = der(0xa0, der(0x02, [2]));
  const serialNumber = der(0x02, [0x40, ...randomBytes(8)]);
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const toBeSigned = sequence(version3, serialNumber, ecdsaWithSha256, name, validity, name, key);
  const signature = der(0x03, [0, ...sign('sha256', toBeSigned, privateKey)]);
  const certificate = new X509Certificate(sequence(toBeSigned, ecdsaWithSha256, signature));
  return {
    certificatePem: certificate.toString(),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Tag, length, value (X.690, 8.1). */
function der(tag: number, value: Iterable<number> & { length: number }): Buffer {
  const { length } = value;
  // The shortest form is the only one: browsers refuse others.
  if (length < 0x80) return Buffer.from([tag, length, ...value]);
  if (length < 0x100) return Buffer.from([tag, 0x81, length, ...value]);
  return Buffer.from([tag, 0x82, length >> 8, length & 0xff, ...value]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** UTCTime: 260131235959Z */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}
