/** The frame that all RTCP packets share (RFC 3550, 6.4.1): version, padding, count, type and length. */
import { writeUint16, writeUint32 } from '../bytes.ts';

export const payloadTypes = {
  senderReport: 200,
  receiverReport: 201,
  sdes: 202,
  bye: 203,
  /** RTPFB and PSFB of RFC 4585, 6.1 */
  transportFeedback: 205,
  payloadFeedback: 206,
} as const;

/** What the five bits of a count can say: more blocks, chunks or sources do not fit into one packet. */
export const maxCount = 31;

export const headerLength = 4;

/** A packet with its header, and zeros for a body; `bodyLength` is a multiple of 4. */
export function rtcpPacket(type: number, count: number, bodyLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerLength + bodyLength);
  bytes[0] = 0x80 | count;
  bytes[1] = type;
  writeUint16(bytes, 2, bodyLength / 4);
  return bytes;
}

/** A feedback packet (RFC 4585, 6.1) with room for its control information. */
export function feedbackPacket(
  type: number,
  format: number,
  senderSsrc: number,
  mediaSsrc: number,
  informationLength: number,
): Uint8Array<ArrayBuffer> {
  const bytes = rtcpPacket(type, format, 8 + informationLength);
  writeUint32(bytes, 4, senderSsrc);
  writeUint32(bytes, 8, mediaSsrc);
  return bytes;
}
