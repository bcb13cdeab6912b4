/** Numbers of variable length, the lowest seven bits first (AV1, 4.10.5). */

/** Undefined when it does not end in time, or is greater than 32 bits. */
export function readLeb128(bytes: Uint8Array, at: number): { value: number; length: number } | undefined {
  let value = 0;
  for (let length = 0; length < 8 && at + length < bytes.length; length++) {
    const byte = bytes[at + length] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * length);
    if ((byte & 0x80) === 0) return value < 2 ** 32 ? { value, length: length + 1 } : undefined;
  }
  return undefined;
}

export function leb128Length(value: number): number {
  let length = 1;
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) length++;
  return length;
}

/** Returns where it ends. */
export function writeLeb128(bytes: Uint8Array, at: number, value: number): number {
  let offset = at;
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes[offset++] = (left % 0x80) | 0x80;
  bytes[offset++] = left;
  return offset;
}
