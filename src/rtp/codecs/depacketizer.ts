/** What every codec's depacketizer does. */
import type { FrameSize } from './frame-size.ts';

/** Where a frame stands among others, as its packets say it. */
export interface FramePosition {
  keyFrame: boolean;
  /** Nothing refers to it. */
  isNonReference?: boolean | undefined;
  pictureId?: number | undefined;
  /** 0x7f or 0x7fff */
  pictureIdMask?: number | undefined;
  temporalId?: number | undefined;
  /** 8 bits: counts the frames of the lowest temporal layer. */
  tl0PictureIndex?: number | undefined;
  /** Depends on the lowest temporal layer only. */
  isLayerSync?: boolean | undefined;
  /** Frames of higher temporal layers that follow depend on nothing before it in those layers. */
  isSwitchingUpPoint?: boolean | undefined;
  /** How many pictures ago each was that it refers to. */
  references?: readonly number[] | undefined;
  /** Picture ids of all that it holds, the last of which is its own; others may refer to any of them. */
  parts?: readonly number[] | undefined;
}

export interface DepacketizedFrame {
  data: Uint8Array;
  position: FramePosition;
  size?: FrameSize | undefined;
}

/** Puts one frame after the other together. */
export interface Depacketizer {
  /**
   * The next payload of the frame; false when it cannot be that: malformed, or something is missing before it.
   *
   * @param isAfterGap packets before it are missing, so that it need not be the frame's first
   */
  add(payload: Uint8Array, isAfterGap: boolean): boolean;
  /** The frame from all that was added; undefined when its end is missing. The next payload begins another. */
  finish(): DepacketizedFrame | undefined;
  /** Of the frame under way, as far as it is known. */
  readonly position: FramePosition | undefined;
}
