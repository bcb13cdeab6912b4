import { createPublicKey, createSign, verify, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { ownCertificate } from '../../../../../src/rtc/own-certificate.ts';
import { Certificate, PrivateKey } from '../../../../../src/rtc/werift/native/x509.ts';

const { certificatePem, privateKeyPem } = ownCertificate();
const publicKey = createPublicKey(certificatePem);

it('reads a certificate', () => {
  expect(Certificate.fromPEM(Buffer.from(certificatePem)).raw).toEqual(
    new X509Certificate(certificatePem).raw,
  );
});

it('signs with the key that it was given', () => {
  const data = Buffer.from('what both sides have said');
  const key = PrivateKey.fromPEM(Buffer.from(privateKeyPem));
  expect(verify('sha256', data, publicKey, key.sign(data, 'sha256'))).toBe(true);
  // As werift does for CertificateVerify.
  const signature = createSign('sha256')
    .update(data)
    .sign(key.toPEM().toString() as string);
  expect(verify('sha256', data, publicKey, signature)).toBe(true);
  expect(PrivateKey.fromPEM(Buffer.from(privateKeyPem))).toBe(key);
});
