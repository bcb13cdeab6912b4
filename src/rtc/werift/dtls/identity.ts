/** The certificate that we show in DTLS, as werift wants it. */
import { createPrivateKey } from 'node:crypto';
import { HashAlgorithm, SignatureAlgorithm } from '../parts.ts';
import type { Fingerprint } from '../../../jingle/model.ts';
import { type CertificatePem, ownCertificate, signalledFingerprint } from '../../own-certificate.ts';

export interface Identity extends CertificatePem {
  /** How its key signs. */
  signatureHash: { hash: 4; signature: 1 | 3 };
  fingerprint: Fingerprint;
}

/** Reading a key and a certificate takes longer than anything else that is done before ICE begins. */
const identities = new WeakMap<CertificatePem, Identity>();

export function identityOf(certificate: CertificatePem = ownCertificate()): Identity {
  const known = identities.get(certificate);
  if (known) return known;
  const identity = readIdentity(certificate);
  identities.set(certificate, identity);
  return identity;
}

function readIdentity({ certificatePem, privateKeyPem }: CertificatePem): Identity {
  const key = createPrivateKey(privateKeyPem);
  const signature = key.asymmetricKeyType === 'rsa' ? SignatureAlgorithm.rsa_1 : SignatureAlgorithm.ecdsa_3;
  return {
    certificatePem,
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    signatureHash: { hash: HashAlgorithm.sha256_4, signature },
    fingerprint: signalledFingerprint(certificatePem),
  };
}
