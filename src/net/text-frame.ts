/**
 * A client's text message as one frame (RFC 6455, 5.2). `ws` masks byte by byte, which costs more than all the rest of sending a
 * message of some KB; here it is done by words.
 */
import { randomFillSync } from 'node:crypto';

const finalText = 0x81;
const isMasked = 0x80;

/** Masking keys are to be unpredictable (RFC 6455, 5.3). They are drawn in advance, for that is a call into the system. */
const keys = new Int32Array(1024);
const keyBytes = Buffer.from(keys.buffer);
let nextKey = keys.length;

/** @param text as string, or as UTF-8 bytes, which are left as they are */
export function maskedTextFrame(text: string | Uint8Array): Buffer {
  const length = typeof text === 'string' ? Buffer.byteLength(text) : text.byteLength;
  const start = length < 126 ? 6 : length < 65_536 ? 8 : 14;
  // The payload has to begin at a word's boundary.
  const memory = Buffer.allocUnsafe(start + length + 3);
  const padding = -(memory.byteOffset + start) & 3;
  const frame = memory.subarray(padding, padding + start + length);
  frame[0] = finalText;
  if (length < 126) frame[1] = isMasked | length;
  else if (length < 65_536) {
    frame[1] = isMasked | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = isMasked | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  if (typeof text === 'string') frame.write(text, start);
  else frame.set(text, start);
  mask(frame, start, drawKey());
  return frame;
}

/** Index of a key that was not used before. */
function drawKey(): number {
  if (nextKey === keys.length) {
    randomFillSync(keys);
    nextKey = 0;
  }
  return nextKey++;
}

/** Writes the key in front of `start`, and masks what follows. */
function mask(frame: Buffer, start: number, index: number): void {
  keyBytes.copy(frame, start - 4, index * 4, index * 4 + 4);
  const key = keys[index] as number;
  const words = new Int32Array(frame.buffer, frame.byteOffset + start, (frame.length - start) >> 2);
  const unrolled = words.length & ~3;
  for (let at = 0; at < unrolled; at += 4) {
    words[at] = (words[at] as number) ^ key;
    words[at + 1] = (words[at + 1] as number) ^ key;
    words[at + 2] = (words[at + 2] as number) ^ key;
    words[at + 3] = (words[at + 3] as number) ^ key;
  }
  for (let at = unrolled; at < words.length; at++) words[at] = (words[at] as number) ^ key;
  for (let at = words.length * 4; at < frame.length - start; at++) {
    frame[start + at] = (frame[start + at] as number) ^ (keyBytes[index * 4 + (at & 3)] as number);
  }
}
