/**
 * Whether a whole frame can be decoded after others were lost. Picture ids tell that none was lost, TL0PICIDX that none of the lowest
 * temporal layer was (RFC 7741, 4.2; RFC 9628, 4.2); flexible VP9, and AV1 with dependency descriptors, name what they refer to. Without these any
 * loss waits for a key frame.
 */
import type { FramePosition } from './depacketizer.ts';

/** References reach back 127 pictures at most. */
const remembered = 128;
/** Frames of upper layers in a row that cannot be decoded: where nearly all are such, none of the lowest comes before the next key frame. */
const mostSkipped = 15;

export class ReferenceTracker {
  /** `fresh`: nothing but whole key frames has been seen to be missing. */
  #state: 'fresh' | 'decodable' | 'waiting' = 'fresh';
  /** Frames may be missing since the last one. */
  #hasLoss = false;
  /** Of the last frame that is accounted for. */
  #pictureId: number | undefined;
  #tl0PictureIndex: number | undefined;
  /** A bit for each temporal layer that misses a frame. */
  #brokenLayers = 0;
  #skipped = 0;
  /** By the lower bits of their ids. */
  readonly #decoded: (number | undefined)[] = [];

  /** Only a key frame helps. */
  get needsKeyFrame(): boolean {
    return this.#state === 'waiting' || this.#skipped >= mostSkipped;
  }

  /** Packets are missing before the next frame, of what frames is not known. */
  lost(): void {
    this.#hasLoss = true;
  }

  /** A frame was not whole. */
  dropped(position: FramePosition | undefined): void {
    if (this.#state !== 'decodable') this.#state = 'waiting';
    else if (!position) this.#hasLoss = true;
    else if (position.isNonReference || (position.temporalId ?? 0) > 0) this.#droppedUpper(position);
    else if (position.references) this.#hasLoss = true;
    else this.#state = 'waiting';
  }

  /** Whether a whole frame can be decoded, provided that those before were which could. */
  accept(position: FramePosition): boolean {
    if (position.keyFrame) this.#begin();
    else if (this.#state !== 'decodable') this.#state = 'waiting';
    else if (this.#hasLoss) this.#weighLoss(position);
    if (this.#state !== 'decodable') return false;
    this.#pictureId = position.pictureId;
    if (!position.temporalId) this.#tl0PictureIndex = position.tl0PictureIndex;
    if (!this.#isIntact(position)) {
      this.#skipped += 1;
      return false;
    }
    this.#skipped = 0;
    if (position.pictureId === undefined) return true;
    for (const id of position.parts ?? [position.pictureId]) this.#decoded[id % remembered] = id;
    return true;
  }

  #begin(): void {
    this.#state = 'decodable';
    this.#hasLoss = false;
    this.#brokenLayers = 0;
    this.#decoded.fill(undefined);
  }

  #weighLoss(position: FramePosition): void {
    this.#hasLoss = false;
    if (this.#follows(position) || position.references) return;
    const { temporalId, tl0PictureIndex } = position;
    const last = this.#tl0PictureIndex;
    if (temporalId !== undefined && tl0PictureIndex !== undefined && last !== undefined) {
      this.#brokenLayers = 0xfe;
      if (tl0PictureIndex === (temporalId === 0 ? (last + 1) & 0xff : last)) return;
    }
    this.#state = 'waiting';
  }

  /** A frame that others do without. If more than it may be lost, the next frame tells. */
  #droppedUpper(position: FramePosition): void {
    if (!this.#follows(position)) {
      this.#hasLoss = true;
      return;
    }
    this.#hasLoss = false;
    this.#pictureId = position.pictureId;
    if (!position.isNonReference) this.#brokenLayers |= 0xff & (0xff << (position.temporalId ?? 0));
  }

  /** No whole frame is missing between the last one and this. */
  #follows({ pictureId, pictureIdMask = 0 }: FramePosition): boolean {
    if (pictureId === undefined || this.#pictureId === undefined) return false;
    return pictureId === ((this.#pictureId + 1) & pictureIdMask);
  }

  #isIntact(position: FramePosition): boolean {
    const layer = position.temporalId ?? 0;
    if (position.references && !position.keyFrame) {
      if (position.references.every((ago) => this.#wasDecoded(position, ago))) return true;
      if (layer === 0) this.#state = 'waiting';
      return false;
    }
    if (position.isLayerSync) {
      this.#brokenLayers &= ~(1 << layer);
      return true;
    }
    const upToHere = (2 << layer) - 1;
    if (this.#brokenLayers & upToHere) return false;
    if (position.isSwitchingUpPoint) this.#brokenLayers &= upToHere;
    return true;
  }

  #wasDecoded({ pictureId, pictureIdMask = 0 }: FramePosition, ago: number): boolean {
    if (pictureId === undefined) return false;
    const reference = (pictureId - ago) & pictureIdMask;
    return this.#decoded[reference % remembered] === reference;
  }
}
