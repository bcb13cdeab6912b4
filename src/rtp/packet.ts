/**
 * RTP packets (RFC 3550, 5.1) with header extensions in one or two bytes (RFC 8285), as views on the bytes that came. Contributing
 * sources are skipped: a Jitsi bridge mixes nothing.
 */
import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.ts';

export interface RtpExtension {
  /** 1 to 14, or to 255 in the two-byte form */
  id: number;
  value: Uint8Array;
}

export interface RtpHeader {
  /** 0 to 127 */
  payloadType: number;
  marker: boolean;
  /** 16 bits */
  sequenceNumber: number;
  /** 32 bits, in units of the codec's clock */
  timestamp: number;
  ssrc: number;
  extensions: readonly RtpExtension[];
}

export interface RtpPacket extends RtpHeader {
  /** Without the padding. */
  payload: Uint8Array;
  /** Bytes of padding after the payload; a packet of nothing else is a probe of the bandwidth. */
  paddingLength: number;
}

const version = 2;
const fixedLength = 12;
const oneByteProfile = 0xbede;
/** The lower four bits are the application's (RFC 8285, 4.3). */
const twoByteProfile = 0x1000;

/** Undefined for what is no RTP packet. */
export function parseRtp(bytes: Uint8Array): RtpPacket | undefined {
  const [first = 0, second = 0] = bytes;
  if (bytes.length < fixedLength || first >>> 6 !== version) return undefined;
  let offset = fixedLength + (first & 0x0f) * 4;
  let extensions: RtpExtension[] = [];
  if (first & 0x10) {
    if (offset + 4 > bytes.length) return undefined;
    const start = offset + 4;
    offset = start + readUint16(bytes, offset + 2) * 4;
    if (offset > bytes.length) return undefined;
    extensions = parseExtensions(bytes, readUint16(bytes, start - 4), start, offset);
  }
  const paddingLength = first & 0x20 ? (bytes[bytes.length - 1] ?? 0) : 0;
  const end = bytes.length - paddingLength;
  if (offset > end) return undefined;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequenceNumber: readUint16(bytes, 2),
    timestamp: readUint32(bytes, 4),
    ssrc: readUint32(bytes, 8),
    extensions,
    payload: bytes.subarray(offset, end),
    paddingLength,
  };
}

/** A header's bytes; `hasPadding` says that the payload ends in padding, whose last byte is its length. */
export function buildRtpHeader(header: RtpHeader, hasPadding = false): Uint8Array<ArrayBuffer> {
  const { extensions } = header;
  const isTwoByte = extensions.some(({ id, value }) => id > 14 || value.length > 16 || value.length === 0);
  const lengthOfHead = isTwoByte ? 2 : 1;
  let extensionsLength = 0;
  for (const { value } of extensions) extensionsLength += lengthOfHead + value.length;
  const words = (extensionsLength + 3) >>> 2;
  const bytes = new Uint8Array(fixedLength + (extensions.length === 0 ? 0 : 4 + words * 4));
  bytes[0] = (version << 6) | (hasPadding ? 0x20 : 0) | (extensions.length === 0 ? 0 : 0x10);
  bytes[1] = (header.marker ? 0x80 : 0) | header.payloadType;
  writeUint16(bytes, 2, header.sequenceNumber);
  writeUint32(bytes, 4, header.timestamp);
  writeUint32(bytes, 8, header.ssrc);
  if (extensions.length === 0) return bytes;
  writeUint16(bytes, 12, isTwoByte ? twoByteProfile : oneByteProfile);
  writeUint16(bytes, 14, words);
  let offset = 16;
  for (const { id, value } of extensions) {
    if (isTwoByte) {
      bytes[offset++] = id;
      bytes[offset++] = value.length;
    } else bytes[offset++] = (id << 4) | (value.length - 1);
    bytes.set(value, offset);
    offset += value.length;
  }
  return bytes;
}

export function extensionOf(
  { extensions }: Pick<RtpHeader, 'extensions'>,
  id: number | undefined,
): Uint8Array | undefined {
  if (id === undefined) return undefined;
  for (const extension of extensions) if (extension.id === id) return extension.value;
  return undefined;
}

/** What does not fit any more is left out. */
function parseExtensions(bytes: Uint8Array, profile: number, start: number, end: number): RtpExtension[] {
  const isTwoByte = (profile & 0xfff0) === twoByteProfile;
  if (!isTwoByte && profile !== oneByteProfile) return [];
  const extensions: RtpExtension[] = [];
  for (let offset = start; offset < end; ) {
    const head = bytes[offset++] ?? 0;
    if (head === 0) continue; // padding
    const id = isTwoByte ? head : head >>> 4;
    if (!isTwoByte && id === 15) break; // RFC 8285, 4.2: stop here
    const length = isTwoByte ? (bytes[offset++] ?? 0) : (head & 0x0f) + 1;
    if (offset + length > end) break;
    // In the one-byte form an id of 0 with a length is to be ignored.
    if (id !== 0) extensions.push({ id, value: bytes.subarray(offset, offset + length) });
    offset += length;
  }
  return extensions;
}
