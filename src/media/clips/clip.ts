/** Encoded pictures or sounds that are in memory and can be played again and again. */
import type { CodecName, MediaKind } from '../../rtp/parameters.ts';
import type { EncodedFrame } from '../container/media.ts';

export interface Clip {
  kind: MediaKind;
  codec: CodecName;
  /** At least one, in order; the first is a key frame. Each lasts until the next one, and the last one until it begins again. */
  frames: readonly EncodedFrame[];
  /** ms until it begins again */
  duration: number;
  /** Pixels, of pictures. */
  width?: number;
  height?: number;
}
