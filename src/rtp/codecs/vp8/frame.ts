/** The beginning of a VP8 frame (RFC 6386, 9.1): whether it is a key frame, and its size. */
import { readUint24 } from '../../bytes.ts';
import type { FrameSize } from '../frame-size.ts';

const startCode = 0x9d012a;

/** @param offset where the frame begins in the bytes */
export function isVp8KeyFrame(bytes: Uint8Array, offset = 0): boolean {
  return offset < bytes.length && ((bytes[offset] ?? 1) & 1) === 0;
}

/** Of a key frame: others do not say it. */
export function vp8FrameSize(bytes: Uint8Array, offset = 0): FrameSize | undefined {
  if (bytes.length < offset + 10 || !isVp8KeyFrame(bytes, offset)) return undefined;
  if (readUint24(bytes, offset + 3) !== startCode) return undefined;
  // Little-endian; the upper two bits are how to scale it for display.
  const width = (((bytes[offset + 7] ?? 0) << 8) | (bytes[offset + 6] ?? 0)) & 0x3fff;
  const height = (((bytes[offset + 9] ?? 0) << 8) | (bytes[offset + 8] ?? 0)) & 0x3fff;
  return { width, height };
}
