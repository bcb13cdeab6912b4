import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, ownCertificate, signalledFingerprint } from '../../../src/rtc/own-certificate.ts';

describe('our own certificate', () => {
  const { certificatePem, privateKeyPem } = ownCertificate();
  const certificate = new X509Certificate(certificatePem);

  it('is the same for the whole process', () => {
    expect(ownCertificate()).toBe(ownCertificate());
  });

  it('is signed with its own key, which is ECDSA on P-256', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  });

  it('is valid now, and for some time', () => {
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 300 * 24 * 3_600_000);
  });

  it('writes each length in the one form that DER allows', () => {
    expect(lengthsOf(certificate.raw).every((isShortest) => isShortest)).toBe(true);
  });

  it('has the fingerprint that OpenSSL computes', () => {
    expect(signalledFingerprint(certificatePem)).toEqual({
      hash: 'sha-256',
      value: certificate.fingerprint256,
    });
    expect(fingerprintOf(certificate.raw, 'sha512')).toBe(certificate.fingerprint512);
  });
});

/** Of each element down to the primitive ones: is its length as short as it can be (X.690, 10.1)? */
function lengthsOf(data: Buffer): boolean[] {
  const [tag, first] = data;
  if (tag === undefined || first === undefined) return [];
  const size = first < 0x80 ? 0 : first & 0x7f;
  const length = size === 0 ? first : data.readUIntBE(2, size);
  const isShortest = size === 0 || length >= (size === 1 ? 0x80 : 2 ** (8 * (size - 1)));
  const content = data.subarray(2 + size, 2 + size + length);
  const isConstructed = (tag & 0x20) !== 0;
  return [
    isShortest,
    ...(isConstructed ? lengthsOf(content) : []),
    ...lengthsOf(data.subarray(2 + size + length)),
  ];
}
