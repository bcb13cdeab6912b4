/** Ogg (RFC 3533): pages with checksums, which carry the packets of one or more streams. */
import { clipError } from './clip.ts';

interface OggPage {
  serialNumber: number;
  /** The first packet on it began on the page before. */
  isContinued: boolean;
  isFirst: boolean;
  isLast: boolean;
  /** Lengths; one of 255 is continued by the next. */
  segments: Uint8Array;
  body: Uint8Array;
}

const headerLength = 27;
const capture = [0x4f, 0x67, 0x67, 0x53];

/**
 * The packets of the first stream whose first packet `isWanted`, in order.
 * @param mostPackets more are an error
 * @throws ParseError `ogg-page`, `ogg-truncated`, `ogg-damaged`, `ogg-too-long`
 */
export function oggPackets(
  bytes: Uint8Array,
  isWanted: (packet: Uint8Array) => boolean,
  mostPackets: number,
): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let serialNumber: number | undefined;
  /** Parts of a packet that goes on on the next page. */
  let parts: Uint8Array[] = [];
  for (const page of oggPages(bytes)) {
    if (serialNumber === undefined && page.isFirst && isWanted(page.body)) serialNumber = page.serialNumber;
    if (page.serialNumber !== serialNumber) continue;
    const pieces = piecesOf(page);
    // A page before this one is missing.
    if (page.isContinued && parts.length === 0) pieces.shift();
    if (!page.isContinued) parts = [];
    for (const { data, isEnd } of pieces) {
      parts.push(data);
      if (!isEnd) continue;
      packets.push(parts.length === 1 ? data : joined(parts));
      parts = [];
      if (packets.length > mostPackets)
        throw clipError('Ogg', 'ogg-too-long', `it has more than ${mostPackets} packets`);
    }
    if (page.isLast) break;
  }
  return packets;
}

function* oggPages(bytes: Uint8Array): Generator<OggPage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0, number = 1; offset < bytes.length; number += 1) {
    if (capture.some((byte, index) => bytes[offset + index] !== byte) || bytes[offset + 4] !== 0) {
      throw offset === 0
        ? clipError('Ogg', 'ogg-page', 'it does not begin as one; is it in another format, such as WebM?')
        : clipError('Ogg', 'ogg-page', `after page ${number - 1} there is something else than a page`);
    }
    const bodyStart = offset + headerLength + (bytes[offset + 26] ?? 0);
    const segments = bytes.subarray(offset + headerLength, bodyStart);
    const end = bodyStart + segments.reduce((sum, length) => sum + length, 0);
    if (offset + headerLength > bytes.length || end > bytes.length)
      throw clipError('Ogg', 'ogg-truncated', `it ends within page ${number}`);
    if (view.getUint32(offset + 22, true) !== checksum(bytes, offset, end))
      throw clipError('Ogg', 'ogg-damaged', `the checksum of page ${number} is wrong`);
    const flags = bytes[offset + 5] ?? 0;
    yield {
      serialNumber: view.getUint32(offset + 14, true),
      isContinued: (flags & 1) !== 0,
      isFirst: (flags & 2) !== 0,
      isLast: (flags & 4) !== 0,
      segments,
      body: bytes.subarray(bodyStart, end),
    };
    offset = end;
  }
}

/** What of packets is on a page, and whether the packet ends there. */
function piecesOf({ segments, body }: OggPage): { data: Uint8Array; isEnd: boolean }[] {
  const pieces: { data: Uint8Array; isEnd: boolean }[] = [];
  let [start, end] = [0, 0];
  for (const [index, length] of segments.entries()) {
    end += length;
    const isEnd = length < 255;
    if (!isEnd && index < segments.length - 1) continue;
    pieces.push({ data: body.subarray(start, end), isEnd });
    start = end;
  }
  return pieces;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** CRC-32 with the polynomial 0x04c11db7, unreflected; the checksum's own four bytes count as zeros. */
function checksum(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let offset = start; offset < end; offset += 1) {
    const isOwn = offset >= start + 22 && offset < start + 26;
    crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ (isOwn ? 0 : (bytes[offset] ?? 0))] ?? 0);
  }
  return crc >>> 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});
