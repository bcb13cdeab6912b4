import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { createCertificate } from '../../../../src/sandbox/bridge/certificate.ts';

const now = Date.UTC(2026, 10, 23);

it('makes a certificate that signs itself', async () => {
  const made = await createCertificate({ commonName: 'sandbox', now });
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

it('stands for names and addresses', async () => {
  const altNames = ['meet.example', '127.0.0.1'];
  const made = await createCertificate({ commonName: 'meet.example', altNames, now });
  const certificate = new X509Certificate(made.certificatePem);
  expect(certificate.subjectAltName).toBe('DNS:meet.example, IP Address:127.0.0.1');
  expect(certificate.checkHost('meet.example')).toBe('meet.example');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
});
