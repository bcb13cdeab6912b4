/** Several frames in one (VP9 bitstream specification 0.6, annex B): their sizes are in an index at the end. */
import { joinBytes } from '../bytes/join-bytes.ts';

/** @param frames up to 8; one stays as it is */
export function joinVp9Frames(frames: readonly Uint8Array[]): Uint8Array {
  if (frames.length <= 1) return joinBytes(frames);
  const longest = Math.max(...frames.map((frame) => frame.length));
  const bytesOfSize = longest < 0x100 ? 1 : longest < 0x1_0000 ? 2 : longest < 0x100_0000 ? 3 : 4;
  const index = new Uint8Array(2 + bytesOfSize * frames.length);
  const marker = 0xc0 | ((bytesOfSize - 1) << 3) | (frames.length - 1);
  index[0] = marker;
  index[index.length - 1] = marker;
  let offset = 1;
  for (const frame of frames)
    for (let byte = 0; byte < bytesOfSize; byte++) index[offset++] = frame.length >>> (8 * byte);
  return joinBytes([...frames, index]);
}
