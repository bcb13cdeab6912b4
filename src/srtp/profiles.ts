/** Protection profiles by their numbers in DTLS (RFC 5764, 4.1.2; RFC 7714, 14.2). */
import { AesCm } from './aes-cm.ts';
import { AesGcm } from './aes-gcm.ts';
import type { Ciphers } from './ciphers.ts';
import type { SessionKeys } from './key-derivation.ts';
import type { PacketCipher } from './packet-cipher.ts';

export interface ProtectionProfile {
  /** Bytes of its master salt; those of a master key are {@link masterKeyLength}. */
  saltLength: number;
  /** A packet must not be sealed a second time with anything changed, such as its extensions. */
  sealsOnce: boolean;
  open(ciphers: Ciphers, keys: SessionKeys): PacketCipher;
}

export type ProtectionProfileId = 1 | 7;

export const protectionProfiles: Readonly<Record<ProtectionProfileId, ProtectionProfile>> = {
  /** SRTP_AES128_CM_HMAC_SHA1_80 */
  1: { saltLength: 14, sealsOnce: false, open: (ciphers, keys) => new AesCm(ciphers, keys) },
  /** SRTP_AEAD_AES_128_GCM */
  7: { saltLength: 12, sealsOnce: true, open: (ciphers, keys) => new AesGcm(ciphers, keys) },
};

export const masterKeyLength = 16;
