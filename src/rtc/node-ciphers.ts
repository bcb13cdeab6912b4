/** The ciphers of SRTP by Node's OpenSSL. */
import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import type { Ciphers } from '../srtp/ciphers.ts';

const gcm = { authTagLength: 16 };

export const nodeCiphers: Ciphers = {
  aes128(key) {
    const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    return (blocks) => cipher.update(blocks);
  },

  // Node can neither keep such a cipher for the next packet nor give it another IV.
  aes128Gcm: (key) => ({
    seal(iv, associated, clear) {
      const cipher = createCipheriv('aes-128-gcm', key, iv, gcm).setAAD(associated);
      const sealed = cipher.update(clear);
      cipher.final();
      return { sealed, tag: cipher.getAuthTag() };
    },
    open(iv, associated, sealed, tag) {
      const cipher = createDecipheriv('aes-128-gcm', key, iv, gcm).setAAD(associated).setAuthTag(tag);
      const clear = cipher.update(sealed);
      try {
        cipher.final();
      } catch {
        return undefined;
      }
      return clear;
    },
  }),

  sha1: (bytes) => hash('sha1', bytes, 'binary'),
  allocate: (length) => Buffer.allocUnsafe(length),
};
