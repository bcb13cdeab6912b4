/** Whom we take for the deployment's own servers in TLS, and for the servers of others that it makes use of. */
import { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, rootCertificates } from 'node:tls';
import { UsageError } from '../base/errors.ts';

export interface TlsTrust {
  /** Do not check certificates. */
  insecure: boolean;
  /** Certificates of authorities in PEM, in place of those that Node trusts. */
  ca?: string;
  /** Keys of which a server of the deployment has to have one, see `pinned-key.ts`. Checked with `insecure` too. */
  pinnedKeys?: readonly string[];
}

export function tlsOptions({ insecure, ca }: TlsTrust): ConnectionOptions {
  return { rejectUnauthorized: !insecure, ...(ca === undefined ? {} : { ca }) };
}

/** Relays and proxies are often somebody else's: besides an authority of one's own the public ones count, and no key is pinned. */
export function tlsOptionsOfOthers({ insecure, ca }: TlsTrust): ConnectionOptions {
  return { rejectUnauthorized: !insecure, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) };
}

const certificateHead = '-----BEGIN CERTIFICATE-----';

/** Node takes what is no certificate without a word. @throws UsageError `ca-invalid` */
export function checkCa(pem: string): void {
  try {
    const [, ...bodies] = pem.split(certificateHead);
    const found = bodies.map((body) => new X509Certificate(certificateHead + body));
    if (found.length > 0) return;
  } catch (cause) {
    throw caInvalid(cause);
  }
  throw caInvalid();
}

function caInvalid(cause?: unknown): UsageError {
  return new UsageError(
    'the certificates of your authorities (ca) cannot be read: PEM is expected, one or more of "-----BEGIN CERTIFICATE-----"',
    { code: 'ca-invalid', cause },
  );
}
