/** RTP payloads to VP9 pictures (RFC 9628, 4.2): the frames of all spatial layers that came. */
import type { DepacketizedFrame, Depacketizer, FramePosition } from '../depacketizer.ts';
import type { FrameSize } from '../frame-size.ts';
import { joinBytes } from '../bytes/join-bytes.ts';
import { isIndependent, parseVp9Descriptor, type Vp9Descriptor } from './descriptor.ts';
import { vp9FrameSize } from './frame.ts';
import { joinVp9Frames } from './superframe.ts';

const mostLayers = 8;

export class Vp9Depacketizer implements Depacketizer {
  position: FramePosition | undefined;
  /** Of the layer under way. */
  #parts: Uint8Array[] = [];
  #layers: Uint8Array[] = [];
  #sizes: readonly FrameSize[] = [];
  #spatialId = 0;
  /** That the last key picture began with: not 0 where only an upper layer of simulcast is sent. */
  #lowestLayer = 0;

  /** After a gap the lowest layer must be there: without one a bridge has left it out, as it may. */
  add(payload: Uint8Array, isAfterGap: boolean): boolean {
    const descriptor = parseVp9Descriptor(payload);
    if (!descriptor) return false;
    this.position ??= positionOf(descriptor);
    if (descriptor.isFrameStart !== (this.#parts.length === 0)) return false;
    if (this.#layers.length === mostLayers) return false;
    if (this.#layers.length === 0 && this.#parts.length === 0) {
      const { spatialId = 0 } = descriptor;
      if (isIndependent(descriptor)) this.#lowestLayer = spatialId;
      else if (isAfterGap && spatialId > this.#lowestLayer) return false;
    }
    this.#parts.push(payload.subarray(descriptor.length));
    this.#spatialId = descriptor.spatialId ?? 0;
    this.#sizes = descriptor.sizes ?? this.#sizes;
    if (descriptor.isFrameEnd) {
      this.#layers.push(joinBytes(this.#parts));
      this.#parts = [];
    }
    return true;
  }

  finish(): DepacketizedFrame | undefined {
    const { position } = this;
    const isWhole = this.#parts.length === 0 && this.#layers.length > 0;
    const data = joinVp9Frames(this.#layers);
    const size = this.#sizes[this.#spatialId] ?? vp9FrameSize(data);
    this.position = undefined;
    this.#parts = [];
    this.#layers = [];
    this.#sizes = [];
    return position && isWhole ? { data, position, size } : undefined;
  }
}

function positionOf(descriptor: Vp9Descriptor): FramePosition {
  return {
    keyFrame: descriptor.isFrameStart && isIndependent(descriptor),
    pictureId: descriptor.pictureId,
    pictureIdMask: descriptor.isLongPictureId ? 0x7fff : 0x7f,
    temporalId: descriptor.temporalId,
    tl0PictureIndex: descriptor.tl0PictureIndex,
    isSwitchingUpPoint: descriptor.isSwitchingUpPoint,
    references: descriptor.references,
  };
}
