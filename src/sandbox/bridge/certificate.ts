/** Self-signed certificates: for DTLS (RFC 8827, 6.5: ECDSA on P-256), and for a test deployment's TLS. */
import { createHash, KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

export interface Certificate {
  certificatePem: string;
  privateKeyPem: string;
  /** SHA-256 of the certificate: upper-case hex pairs with colons, as peers compare it. */
  fingerprint: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 60 * 60 * 1000;

/**
 * A certificate that is valid from a day ago (clocks differ) for a month.
 * @param options.altNames DNS names and IP addresses it stands for
 * @param options.now ms since the epoch
 */
export async function createCertificate(options: {
  commonName: string;
  altNames?: readonly string[];
  now: number;
}): Promise<Certificate> {
  const { commonName, altNames = [], now } = options;
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = altNames.map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }));
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    notBefore: new Date(now - day),
    notAfter: new Date(now + 30 * day),
    keys,
    signingAlgorithm: algorithm,
    extensions: names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)],
  });
  const digest = createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex').toUpperCase();
  return {
    certificatePem: certificate.toString('pem'),
    privateKeyPem: KeyObject.from(keys.privateKey).export({ format: 'pem', type: 'pkcs8' }).toString(),
    fingerprint: digest.match(/../g)?.join(':') ?? '',
  };
}
