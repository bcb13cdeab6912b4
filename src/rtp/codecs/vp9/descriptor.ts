/** The VP9 payload descriptor (RFC 9628, 4.2), read. */
import { readUint16 } from '../../bytes.ts';
import type { FrameSize } from '../frame-size.ts';

export interface Vp9Descriptor {
  /** P: refers to earlier pictures; a picture whose lowest layer does not is a key picture. */
  isInterPredicted: boolean;
  /** F: says itself what it refers to. */
  isFlexible: boolean;
  /** B: the first packet of a layer's frame. */
  isFrameStart: boolean;
  /** E: the last packet of a layer's frame. */
  isFrameEnd: boolean;
  /** 7 or 15 bits. */
  pictureId?: number;
  isLongPictureId?: boolean;
  temporalId?: number;
  /** U: higher temporal layers can be decoded from here on. */
  isSwitchingUpPoint?: boolean;
  spatialId?: number;
  /** D: refers to the spatial layer below in the same picture. */
  isLayerDependent?: boolean;
  /** 8 bits: counts the pictures of the lowest temporal layer. */
  tl0PictureIndex?: number;
  /** In flexible mode: how many pictures ago each reference was. */
  references?: number[];
  /** Of the spatial layers, from the lowest up. */
  sizes?: FrameSize[];
  length: number;
}

/** Whether it is of a frame that can be decoded on its own: of the lowest layer, or of layers that do without those below (simulcast). */
export function isIndependent({ isInterPredicted, spatialId, isLayerDependent }: Vp9Descriptor): boolean {
  return !isInterPredicted && (!spatialId || !isLayerDependent);
}

/** Undefined when it is cut short, or nothing follows it. */
export function parseVp9Descriptor(payload: Uint8Array): Vp9Descriptor | undefined {
  const first = payload[0] ?? 0;
  const descriptor: Vp9Descriptor = {
    isInterPredicted: (first & 0x40) !== 0,
    isFlexible: (first & 0x10) !== 0,
    isFrameStart: (first & 0x08) !== 0,
    isFrameEnd: (first & 0x04) !== 0,
    length: 1,
  };
  if (first & 0x80) parsePictureId(payload, descriptor);
  if (first & 0x20) parseLayer(payload, descriptor);
  if (descriptor.isFlexible && descriptor.isInterPredicted && !parseReferences(payload, descriptor))
    return undefined;
  if (first & 0x02) parseScalabilityStructure(payload, descriptor);
  return descriptor.length < payload.length ? descriptor : undefined;
}

function parsePictureId(payload: Uint8Array, descriptor: Vp9Descriptor): void {
  const isLong = ((payload[descriptor.length] ?? 0) & 0x80) !== 0;
  descriptor.isLongPictureId = isLong;
  descriptor.pictureId = isLong
    ? readUint16(payload, descriptor.length) & 0x7fff
    : (payload[descriptor.length] ?? 0);
  descriptor.length += isLong ? 2 : 1;
}

function parseLayer(payload: Uint8Array, descriptor: Vp9Descriptor): void {
  const layer = payload[descriptor.length++] ?? 0;
  descriptor.temporalId = layer >>> 5;
  descriptor.isSwitchingUpPoint = (layer & 0x10) !== 0;
  descriptor.spatialId = (layer >>> 1) & 0x07;
  descriptor.isLayerDependent = (layer & 0x01) !== 0;
  if (!descriptor.isFlexible) descriptor.tl0PictureIndex = payload[descriptor.length++] ?? 0;
}

/** The spatial layer of a packet, of which nothing else is read; 0 where there are none. */
export function vp9SpatialLayer(payload: Uint8Array): number {
  const [first = 0, second = 0] = payload;
  if ((first & 0x20) === 0) return 0;
  const pictureIdLength = first & 0x80 ? (second & 0x80 ? 2 : 1) : 0;
  return ((payload[1 + pictureIdLength] ?? 0) >>> 1) & 0x07;
}

/** At most three. */
function parseReferences(payload: Uint8Array, descriptor: Vp9Descriptor): boolean {
  const references: number[] = [];
  let byte: number;
  do {
    byte = payload[descriptor.length++] ?? 0;
    references.push(byte >>> 1);
  } while (byte & 1 && references.length < 3);
  descriptor.references = references;
  return (byte & 1) === 0;
}

/** 4.2.1. How pictures refer to each other is skipped: their own fields tell enough. */
function parseScalabilityStructure(payload: Uint8Array, descriptor: Vp9Descriptor): void {
  const head = payload[descriptor.length++] ?? 0;
  if (head & 0x10) {
    descriptor.sizes = [];
    for (let layer = 0; layer <= head >>> 5; layer++, descriptor.length += 4)
      descriptor.sizes.push({
        width: readUint16(payload, descriptor.length),
        height: readUint16(payload, descriptor.length + 2),
      });
  }
  if (head & 0x08) {
    const pictures = payload[descriptor.length++] ?? 0;
    for (let picture = 0; picture < pictures; picture++)
      descriptor.length += 1 + (((payload[descriptor.length] ?? 0) >>> 2) & 0x03);
  }
}
