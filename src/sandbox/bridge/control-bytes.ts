/** Looking for control characters four bytes at a time: a look at each byte would cost as much as all the rest of relaying. */

/** True when a byte below 0x20 is in it. */
export function hasControlBytes(bytes: Uint8Array): boolean {
  const { byteOffset, length } = bytes;
  const misaligned = Math.min(-byteOffset & 3, length);
  for (let at = 0; at < misaligned; at += 1) if ((bytes[at] as number) < 0x20) return true;
  const words = new Int32Array(bytes.buffer, byteOffset + misaligned, (length - misaligned) >> 2);
  let found = 0;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as number;
    // The high bit of a byte stays set where the subtraction borrows from it, which is where the byte is below 0x20.
    found |= (word - 0x20202020) & ~word & 0x80808080;
  }
  if (found !== 0) return true;
  for (let at = misaligned + words.length * 4; at < length; at += 1) {
    if ((bytes[at] as number) < 0x20) return true;
  }
  return false;
}
