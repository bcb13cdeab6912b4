/** Looking for control characters a word at a time: a look at each byte would cost as much as all the rest of relaying. */

const noWords = new Int32Array(0);

/** True when a byte below 0x20 is in it. */
export function hasControlBytes(bytes: Uint8Array): boolean {
  const { byteOffset, length } = bytes;
  const misaligned = Math.min(-byteOffset & 3, length);
  const count = (length - misaligned) >> 2;
  // Where nothing is left to look at by words, there may be no place either where one could begin.
  const words = count === 0 ? noWords : new Int32Array(bytes.buffer, byteOffset + misaligned, count);
  const unrolled = words.length & ~3;
  let found = 0;
  for (let at = 0; at < unrolled; at += 4) {
    found |= below(words[at]) | below(words[at + 1]) | below(words[at + 2]) | below(words[at + 3]);
  }
  for (let at = unrolled; at < words.length; at += 1) found |= below(words[at]);
  for (let at = 0; at < misaligned; at += 1) found |= below(fill(bytes[at]));
  for (let at = misaligned + words.length * 4; at < length; at += 1) found |= below(fill(bytes[at]));
  return (found & 0x80808080) !== 0;
}

/**
 * The highest bit of a byte is set where the subtraction borrows from it although the bit was not set before: at the lowest byte
 * that is below 0x20, if there is one.
 */
function below(word = 0x20202020): number {
  return (word - 0x20202020) & ~word;
}

/** A word of which only the lowest byte could be below 0x20. */
function fill(byte = 0x20): number {
  return 0x20202000 | byte;
}
