/** Randomness as a port, so that a recorded conversation can be replayed with the ids it had. */

/** Fills and returns `size` random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

export const systemRandom: RandomBytes = (size) => crypto.getRandomValues(new Uint8Array(size));

export function randomHex(random: RandomBytes, digits: number): string {
  let text = '';
  for (const byte of random(Math.ceil(digits / 2))) text += byte.toString(16).padStart(2, '0');
  return text.slice(0, digits);
}

/** A version 4 UUID (RFC 9562, 5.4). */
export function randomUuid(random: RandomBytes): string {
  const bytes = random(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A lower-case alphanumeric token; about 5 bits of entropy a character. */
export function randomToken(random: RandomBytes, length: number): string {
  return Array.from(random(length), (byte) => letters[byte % letters.length]).join('');
}

/** A non-zero unsigned 32-bit integer, as SSRCs are. */
export function randomUint32(random: RandomBytes): number {
  const bytes = random(4);
  const value = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return value === 0 ? 1 : value;
}

/** Uniform in [low, high). */
export function randomBetween(random: RandomBytes, low: number, high: number): number {
  return low + ((high - low) * randomUint32(random)) / 2 ** 32;
}
