/** The VP8 payload descriptor (RFC 7741, 4.2), read and written. */
import { readUint16, writeUint16 } from '../../bytes.ts';

export interface Vp8Descriptor {
  /** N: nothing refers to the frame. */
  isNonReference: boolean;
  /** S: a partition starts with the payload. */
  isPartitionStart: boolean;
  partition: number;
  /** 7 or 15 bits. */
  pictureId?: number;
  /** Whether the picture id has 15 bits. */
  isLongPictureId?: boolean;
  /** 8 bits: counts the frames of the lowest temporal layer. */
  tl0PictureIndex?: number;
  temporalId?: number;
  /** Y: depends on the lowest temporal layer only. */
  isLayerSync?: boolean;
  keyIndex?: number;
  /** Its length in bytes: where the frame's own bytes begin. */
  length: number;
}

/** Undefined when it is cut short, or nothing follows it. */
export function parseVp8Descriptor(payload: Uint8Array): Vp8Descriptor | undefined {
  const first = payload[0] ?? 0;
  const descriptor: Vp8Descriptor = {
    isNonReference: (first & 0x20) !== 0,
    isPartitionStart: (first & 0x10) !== 0,
    partition: first & 0x07,
    length: 1,
  };
  if (first & 0x80) {
    const present = payload[1] ?? 0;
    let offset = 2;
    if (present & 0x80) {
      const isLong = ((payload[offset] ?? 0) & 0x80) !== 0;
      descriptor.isLongPictureId = isLong;
      descriptor.pictureId = isLong ? readUint16(payload, offset) & 0x7fff : (payload[offset] ?? 0);
      offset += isLong ? 2 : 1;
    }
    if (present & 0x40) descriptor.tl0PictureIndex = payload[offset++] ?? 0;
    if (present & 0x30) {
      const layer = payload[offset++] ?? 0;
      if (present & 0x20) {
        descriptor.temporalId = layer >>> 6;
        descriptor.isLayerSync = (layer & 0x20) !== 0;
      }
      if (present & 0x10) descriptor.keyIndex = layer & 0x1f;
    }
    descriptor.length = offset;
  }
  return descriptor.length < payload.length ? descriptor : undefined;
}

/** Bytes of what `writeVp8Descriptor` writes. */
export const vp8DescriptorLength = 6;

/**
 * A descriptor with a picture id of 15 bits and the temporal layer, as a Jitsi bridge needs it to switch layers.
 */
export function writeVp8Descriptor(
  bytes: Uint8Array,
  fields: {
    isFrameStart: boolean;
    pictureId: number;
    tl0PictureIndex: number;
    temporalId: number;
    isLayerSync: boolean;
  },
): void {
  bytes[0] = 0x80 | (fields.isFrameStart ? 0x10 : 0);
  bytes[1] = 0xe0; // picture id, TL0PICIDX, TID
  writeUint16(bytes, 2, 0x8000 | fields.pictureId);
  bytes[4] = fields.tl0PictureIndex;
  bytes[5] = (fields.temporalId << 6) | (fields.isLayerSync ? 0x20 : 0);
}
