/** Whom we take for the deployment's own servers in TLS. */

export interface TlsTrust {
  /** Do not check certificates. */
  insecure: boolean;
  /** Certificates of authorities in PEM, in place of the system's. */
  ca?: string;
}
