import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { systemRandom } from '../../../../src/base/random.ts';
import { createCertificate } from '../../../../src/sandbox/bridge/certificate.ts';

const now = Date.UTC(2026, 10, 23);

it('makes a certificate that signs itself', () => {
  const made = createCertificate({ commonName: 'sandbox', now, random: systemRandom });
  const certificate = new X509Certificate(made.certificatePem);
  expect(certificate.subject).toBe('CN=sandbox');
  expect(certificate.issuer).toBe('CN=sandbox');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  expect(certificate.checkPrivateKey(createPrivateKey(made.privateKeyPem))).toBe(true);
  expect(certificate.fingerprint256).toBe(made.fingerprint);
  expect(Date.parse(certificate.validFrom)).toBe(now - 24 * 3600 * 1000);
  expect(Date.parse(certificate.validTo)).toBe(now + 30 * 24 * 3600 * 1000);
});

it('stands for names and addresses', () => {
  const altNames = ['meet.example', '127.0.0.1'];
  const made = createCertificate({ commonName: 'meet.example', altNames, now, random: systemRandom });
  const certificate = new X509Certificate(made.certificatePem);
  expect(certificate.subjectAltName).toBe('DNS:meet.example, IP Address:127.0.0.1');
  expect(certificate.checkHost('meet.example')).toBe('meet.example');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
});

it('writes any serial number as a positive one', () => {
  for (const byte of [0x01, 0x7f, 0x80, 0xff]) {
    const random = (size: number): Uint8Array => new Uint8Array(size).fill(byte);
    const { certificatePem } = createCertificate({ commonName: 'x', now, random });
    const hex = byte.toString(16).padStart(2, '0').repeat(8);
    expect(BigInt(`0x${new X509Certificate(certificatePem).serialNumber}`)).toBe(BigInt(`0x${hex}`));
  }
});
