/** The size of the picture from a sequence header OBU (AV1 bitstream specification, 5.5.1). */
import { BitReader } from './bit-reader.ts';
import type { FrameSize } from './frame-size.ts';

/** @param bytes the OBU's payload, without its header and size */
export function av1FrameSize(bytes: Uint8Array): FrameSize | undefined {
  const reader = new BitReader(bytes);
  reader.skip(4); // profile, still picture
  if (reader.flag())
    reader.skip(5); // reduced: one level
  else skipOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const size = { width: reader.bits(widthBits) + 1, height: reader.bits(heightBits) + 1 };
  return reader.isPastEnd ? undefined : size;
}

function skipOperatingPoints(reader: BitReader): void {
  /** Bits of a buffer's delay; 0 without a decoder model. */
  let delayBits = 0;
  if (reader.flag()) {
    reader.skip(64); // ticks, time scale
    if (reader.flag()) reader.unsignedGolomb(); // ticks a picture
    if (reader.flag()) {
      delayBits = reader.bits(5) + 1;
      reader.skip(32 + 5 + 5);
    }
  }
  const hasDisplayDelay = reader.flag();
  const points = reader.bits(5) + 1;
  for (let point = 0; point < points; point++) {
    reader.skip(12);
    if (reader.bits(5) > 7) reader.skip(1); // tier
    if (delayBits > 0 && reader.flag()) reader.skip(delayBits * 2 + 1);
    if (hasDisplayDelay && reader.flag()) reader.skip(4);
  }
}
