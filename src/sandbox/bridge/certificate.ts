/**
 * Self-signed certificates for DTLS (RFC 8827, 6.5: ECDSA on P-256) and for a test deployment's TLS: X.509 version 3
 * (RFC 5280, 4.1) written in DER, with subject alternative names (4.2.1.6) and nothing else.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { isIP } from 'node:net';
import type { RandomBytes } from '../../base/random.ts';

export interface Certificate {
  certificatePem: string;
  privateKeyPem: string;
  /** SHA-256 of the certificate: upper-case hex pairs with colons, as peers compare it. */
  fingerprint: string;
}

const day = 24 * 60 * 60 * 1000;

/**
 * A certificate that is valid from a day ago (clocks differ) for a month.
 * @param options.altNames DNS names and IPv4 addresses it stands for
 * @param options.now ms since the epoch
 */
export function createCertificate(options: {
  commonName: string;
  altNames?: readonly string[];
  now: number;
  random: RandomBytes;
}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { commonName, altNames = [], now, random } = options;
  const name = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(commonName, 'utf8')))));
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256 (RFC 5758, 3.2)
  const body = sequence(
    der(0xa0, integer(Uint8Array.of(2))), // version 3
    integer(random(8)),
    algorithm,
    name,
    sequence(time(now - day), time(now + 30 * day)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    ...(altNames.length === 0 ? [] : [der(0xa3, sequence(alternativeNames(altNames)))]),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Uint8Array.of(0), signature])));
  const digest = createHash('sha256').update(certificate).digest('hex').toUpperCase();
  return {
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines(certificate.toString('base64'), 64).join('\n')}\n-----END CERTIFICATE-----\n`,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    fingerprint: lines(digest, 2).join(':'),
  };
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    isIP(name) === 4
      ? der(0x87, Uint8Array.from(name.split('.'), Number))
      : der(0x82, Buffer.from(name, 'ascii')),
  );
  return sequence(oid('551d11'), der(0x04, sequence(...entries)));
}

/** One tag-length-value (X.690, 8.1). */
function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Uint8Array.of(tag, length), content]);
  const head = length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from(head), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Uint8Array[]): Buffer {
  return der(0x31, Buffer.concat(parts));
}

/** @param hex the encoded arcs (X.690, 8.19) */
function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** A positive integer: the leading zero keeps the highest bit from being a sign (X.690, 8.3). */
function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return der(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), digits]) : digits);
}

/** UTCTime (RFC 5280, 4.1.2.5.1), good until 2049. */
function time(ms: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`, 'ascii'));
}

function lines(text: string, length: number): string[] {
  return text.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
}
