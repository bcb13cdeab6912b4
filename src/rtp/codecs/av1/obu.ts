/** Open bitstream units: their headers (AV1 bitstream specification, 5.3), and the elements of an RTP payload (RTP payload format for AV1 1.0, 4.4). */
import { readLeb128 } from './leb128.ts';

export const obuTypes = {
  sequenceHeader: 1,
  temporalDelimiter: 2,
  frameHeader: 3,
  frame: 6,
  tileList: 8,
} as const;

export interface Obu {
  type: number;
  /** One byte, or two with layers; its size flag as it was. */
  header: Uint8Array;
  payload: Uint8Array;
}

/** The unit at an offset and where it ends: by its size if it has one, else with the bytes. Undefined for what is none. */
export function readObu(bytes: Uint8Array, offset: number): { obu: Obu; end: number } | undefined {
  const first = bytes[offset];
  if (first === undefined || first & 0x80) return undefined;
  let start = offset + (first & 0x04 ? 2 : 1);
  const header = bytes.subarray(offset, start);
  let end = bytes.length;
  if (first & 0x02) {
    const size = readLeb128(bytes, start);
    if (!size) return undefined;
    start += size.length;
    end = start + size.value;
  }
  if (start > end || end > bytes.length) return undefined;
  return { obu: { type: (first >>> 3) & 0x0f, header, payload: bytes.subarray(start, end) }, end };
}

export interface Av1Payload {
  /** Z: the first element goes on with what the packet before began. */
  isContinuation: boolean;
  /** Y: the last element goes on in the next packet. */
  isContinued: boolean;
  /** N: a coded video sequence begins, so a key frame. */
  isSequenceStart: boolean;
  elements: Uint8Array[];
}

export function parseAv1Payload(payload: Uint8Array): Av1Payload | undefined {
  const head = payload[0] ?? 0;
  /** W: that many elements, the last without a length; 0: any number, all with a length. */
  const count = (head >>> 4) & 0x03;
  const elements: Uint8Array[] = [];
  let offset = 1;
  while (offset < payload.length) {
    let end = payload.length;
    if (elements.length + 1 !== count) {
      const length = readLeb128(payload, offset);
      if (!length) return undefined;
      offset += length.length;
      end = offset + length.value;
    }
    if (end > payload.length) return undefined;
    elements.push(payload.subarray(offset, end));
    offset = end;
  }
  if (elements.length === 0 || (count > 0 && elements.length !== count)) return undefined;
  return {
    isContinuation: (head & 0x80) !== 0,
    isContinued: (head & 0x40) !== 0,
    isSequenceStart: (head & 0x08) !== 0,
    elements,
  };
}
