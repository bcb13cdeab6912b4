/** RTP payloads to VP8 frames (RFC 7741, 4.2 and 4.5). */
import type { DepacketizedFrame, Depacketizer, FramePosition } from '../depacketizer.ts';
import { joinBytes } from '../bytes/join-bytes.ts';
import { parseVp8Descriptor, type Vp8Descriptor } from './descriptor.ts';
import { isVp8KeyFrame, vp8FrameSize } from './frame.ts';

export class Vp8Depacketizer implements Depacketizer {
  position: FramePosition | undefined;
  #parts: Uint8Array[] = [];

  add(payload: Uint8Array): boolean {
    const descriptor = parseVp8Descriptor(payload);
    if (!descriptor) return false;
    const isFrameStart = descriptor.isPartitionStart && descriptor.partition === 0;
    this.position ??= positionOf(descriptor, isFrameStart && isVp8KeyFrame(payload, descriptor.length));
    if (isFrameStart !== (this.#parts.length === 0)) return false;
    this.#parts.push(payload.subarray(descriptor.length));
    return true;
  }

  finish(): DepacketizedFrame | undefined {
    const { position } = this;
    const data = joinBytes(this.#parts);
    this.position = undefined;
    this.#parts = [];
    if (!position || data.length === 0) return undefined;
    return { data, position, size: vp8FrameSize(data) };
  }
}

function positionOf(descriptor: Vp8Descriptor, keyFrame: boolean): FramePosition {
  return {
    keyFrame,
    isNonReference: descriptor.isNonReference,
    pictureId: descriptor.pictureId,
    pictureIdMask: descriptor.isLongPictureId ? 0x7fff : 0x7f,
    temporalId: descriptor.temporalId,
    tl0PictureIndex: descriptor.tl0PictureIndex,
    isLayerSync: descriptor.isLayerSync,
  };
}
