/** The keys of a session from its master key and salt (RFC 3711, 4.3; RFC 7714, 11), which are used for the whole of it. */
import type { Ciphers } from './ciphers.ts';
import { CounterMode } from './counter-mode.ts';

export interface StreamKeys {
  key: Uint8Array;
  authenticationKey: Uint8Array;
  /** As long as the master salt. */
  salt: Uint8Array;
}

export interface SessionKeys {
  rtp: StreamKeys;
  rtcp: StreamKeys;
}

const labels = { rtp: [0, 1, 2], rtcp: [3, 4, 5] } as const;
const labelAt = 7;
const [keyLength, authenticationKeyLength, longestSalt] = [16, 20, 14];

/** @param masterSalt 14 bytes, or 12 for AEAD, which count as if zeros followed */
export function deriveKeys(ciphers: Ciphers, masterKey: Uint8Array, masterSalt: Uint8Array): SessionKeys {
  const encrypt = ciphers.aes128(masterKey);
  const derive = (label: number, length: number): Uint8Array => {
    const salt = new Uint8Array(longestSalt);
    salt.set(masterSalt);
    salt[labelAt] = (salt[labelAt] ?? 0) ^ label;
    const derived = new Uint8Array(length);
    new CounterMode(encrypt, salt).apply(derived, 0, length, 0, 0, 0);
    return derived;
  };
  const keysOf = ([key, authentication, salt]: readonly [number, number, number]): StreamKeys => ({
    key: derive(key, keyLength),
    authenticationKey: derive(authentication, authenticationKeyLength),
    salt: derive(salt, masterSalt.length),
  });
  return { rtp: keysOf(labels.rtp), rtcp: keysOf(labels.rtcp) };
}
