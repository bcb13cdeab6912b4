/** The uncompressed header of a VP9 frame (VP9 bitstream specification 0.6, 6.2): whether it is a key frame, and its size. */
import { BitReader } from '../bytes/bit-reader.ts';
import type { FrameSize } from '../frame-size.ts';

const frameMarker = 2;
const syncCode = 0x498342;
const colorSpaceRgb = 7;

/** @param offset where the frame begins in the bytes */
export function isVp9KeyFrame(bytes: Uint8Array, offset = 0): boolean {
  return keyFrameHeader(bytes, offset) !== undefined;
}

/** Of a key frame: others may leave it to what they refer to. */
export function vp9FrameSize(bytes: Uint8Array, offset = 0): FrameSize | undefined {
  const header = keyFrameHeader(bytes, offset);
  if (!header) return undefined;
  const { reader, profile } = header;
  reader.skip(2); // shown, error resilient
  if (reader.bits(24) !== syncCode) return undefined;
  if (profile >= 2) reader.skip(1); // bit depth
  const hasSubsampling = profile % 2 === 1;
  if (reader.bits(3) === colorSpaceRgb) reader.skip(hasSubsampling ? 1 : 0);
  else reader.skip(hasSubsampling ? 4 : 1);
  const size = { width: reader.bits(16) + 1, height: reader.bits(16) + 1 };
  return reader.isPastEnd ? undefined : size;
}

/** What follows the frame's type. */
function keyFrameHeader(
  bytes: Uint8Array,
  offset: number,
): { reader: BitReader; profile: number } | undefined {
  const reader = new BitReader(bytes, offset);
  if (reader.bits(2) !== frameMarker) return undefined;
  const profile = reader.bits(1) + reader.bits(1) * 2;
  if (profile === 3) reader.skip(1);
  const isShownAgain = reader.flag();
  const isInter = reader.flag();
  return isShownAgain || isInter || reader.isPastEnd ? undefined : { reader, profile };
}
