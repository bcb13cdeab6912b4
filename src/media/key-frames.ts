/**
 * Whether an encoded picture can be decoded without those before it. VP8: RFC 6386, 9.1. VP9: its bitstream specification, 6.2.
 * H.264 (ITU-T), 7.3.1 and annex B: a slice of an IDR picture. AV1: its bitstream specification, 5.3: the sequence header, which
 * encoders put in front of key frames and of nothing else.
 */
import type { CodecName } from '../rtp/parameters.ts';

export function isKeyFrame(codec: CodecName, frame: Uint8Array): boolean {
  switch (codec) {
    case 'vp8':
      return frame.length > 0 && ((frame[0] ?? 0) & 1) === 0;
    case 'vp9':
      return isVp9KeyFrame(frame[0] ?? 0);
    case 'h264':
      return hasNalUnit(frame, 5);
    case 'av1':
      return hasObu(frame, 1);
    case 'opus':
      return true;
  }
}

/** frame_marker, two bits of the profile, a reserved one in profile 3, show_existing_frame, frame_type */
function isVp9KeyFrame(first: number): boolean {
  if (first >> 6 !== 2) return false;
  const isProfile3 = (first & 0x30) === 0x30;
  return (isProfile3 ? first & 0b110 : first & 0b1100) === 0;
}

function hasNalUnit(frame: Uint8Array, type: number): boolean {
  for (let index = 3; index < frame.length; index += 1) {
    const isStart = frame[index - 1] === 1 && frame[index - 2] === 0 && frame[index - 3] === 0;
    if (isStart && ((frame[index] ?? 0) & 0x1f) === type) return true;
  }
  return false;
}

function hasObu(frame: Uint8Array, type: number): boolean {
  for (let offset = 0; offset < frame.length; ) {
    const header = frame[offset] ?? 0;
    if (((header >> 3) & 0x0f) === type) return true;
    offset += (header & 0b100) === 0 ? 1 : 2;
    // Without a size it is the last one.
    if ((header & 0b10) === 0) return false;
    let size = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = frame[offset++] ?? 0;
      size |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) break;
    }
    offset += size;
  }
  return false;
}
