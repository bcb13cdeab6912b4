/**
 * AAC out of an MP4 as a stream of its own (ADTS, ISO 14496-3, 1.A.2): an MP4 often has its index at its end, which nobody can read who gets it over a
 * pipe.
 */

/** Of object types: AAC-LC, and what AAC-LC with more above it is called (SBR, PS). */
const [lowComplexity, sbr, ps] = [2, 5, 29];
const headerLength = 7;
const longestFrame = 2 ** 13 - 1;

/** What the header of each frame says. */
export interface AdtsFormat {
  objectType: number;
  frequencyIndex: number;
  channels: number;
}

/** @param config an AudioSpecificConfig (1.6.2.1) @returns undefined when ADTS cannot say it */
export function adtsFormatOf(config: Uint8Array): AdtsFormat | undefined {
  const [first = 0, second = 0] = config;
  if (config.length < 2) return undefined;
  const objectType = first >> 3;
  const frequencyIndex = ((first & 7) << 1) | (second >> 7);
  const channels = (second >> 3) & 0x0f;
  // What is above AAC-LC is found by decoders in the stream.
  const plain = objectType === sbr || objectType === ps ? lowComplexity : objectType;
  if (plain < 1 || plain > 4 || frequencyIndex > 12 || channels < 1 || channels > 7) return undefined;
  return { objectType: plain, frequencyIndex, channels };
}

/** @returns undefined when the frame is too long to be one */
export function adtsFrame(
  data: Uint8Array,
  { channels, frequencyIndex, objectType }: AdtsFormat,
): Uint8Array | undefined {
  const length = data.length + headerLength;
  if (length > longestFrame) return undefined;
  const frame = new Uint8Array(length);
  frame.set([
    0xff,
    0xf1,
    ((objectType - 1) << 6) | (frequencyIndex << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  ]);
  frame.set(data, headerLength);
  return frame;
}
