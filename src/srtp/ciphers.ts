/** What SRTP needs of a cryptographic library, in the forms that cost least for each packet. */

export interface Ciphers {
  /** AES-128 of each block by itself (FIPS 197), with the same key again and again. Lengths are multiples of 16 bytes. */
  aes128(key: Uint8Array): (blocks: Uint8Array) => Uint8Array;
  aes128Gcm(key: Uint8Array): Aes128Gcm;
  /** FIPS 180-4. 20 characters, one for each byte: cheaper than bytes where many are made. */
  sha1(bytes: Uint8Array): string;
  /** Bytes with anything in them: whoever asks writes them all. */
  allocate(length: number): Uint8Array;
}

/** NIST SP 800-38D with a tag of 16 bytes. */
export interface Aes128Gcm {
  seal(iv: Uint8Array, associated: Uint8Array, clear: Uint8Array): { sealed: Uint8Array; tag: Uint8Array };
  /** Undefined when it is not authentic. */
  open(iv: Uint8Array, associated: Uint8Array, sealed: Uint8Array, tag: Uint8Array): Uint8Array | undefined;
}
