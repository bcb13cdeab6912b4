/**
 * Our certificate and its key by Node's own cryptography, in place of @fidm/x509, where werift reads them for each handshake. Only the
 * bundle has it (scripts/lib/bundle-werift.mjs).
 */
import { createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';

/** Remembers what was read last: a process has one certificate, and reading it takes ten times as long as signing with its key. */
function rememberLast<Value>(read: (pem: string) => Value): (pem: Buffer) => Value {
  let last: { text: string; value: Value } | undefined;
  return (pem) => {
    const text = pem.toString();
    if (last?.text !== text) last = { text, value: read(text) };
    return last.value;
  };
}

export const Certificate: { fromPEM(pem: Buffer): { raw: Buffer } } = {
  fromPEM: rememberLast((pem) => ({ raw: new X509Certificate(pem).raw })),
};

class SigningKey {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  sign(data: Buffer, hash: string): Buffer {
    return sign(hash, data, this.#key);
  }

  /** What werift gives to `Sign.sign` as text, which takes the key itself too. */
  toPEM(): { toString(): unknown } {
    return { toString: () => this.#key };
  }
}

export const PrivateKey: { fromPEM(pem: Buffer): SigningKey } = {
  fromPEM: rememberLast((pem) => new SigningKey(createPrivateKey(pem))),
};
