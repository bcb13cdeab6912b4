/**
 * Our certificate and its key by Node's own cryptography, in place of @fidm/x509, where werift reads them for each handshake. Only the
 * bundle has it (scripts/lib/bundle-werift.mjs).
 */
import { createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';

export const Certificate = {
  fromPEM: (pem: Buffer): { raw: Buffer } => ({ raw: new X509Certificate(pem).raw }),
};

export class PrivateKey {
  /** The key that was read last: reading one takes ten times as long as signing, and a process has one. */
  static #last: { pem: string; key: PrivateKey } | undefined;
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
  }

  static fromPEM(pem: Buffer): PrivateKey {
    const text = pem.toString();
    if (PrivateKey.#last?.pem !== text)
      PrivateKey.#last = { pem: text, key: new PrivateKey(createPrivateKey(text)) };
    return PrivateKey.#last.key;
  }

  sign(data: Buffer, hash: string): Buffer {
    return sign(hash, data, this.#key);
  }

  /** What werift gives to `Sign.sign` as text, which takes the key itself too. */
  toPEM(): { toString(): unknown } {
    return { toString: () => this.#key };
  }
}
