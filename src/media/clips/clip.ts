/** Encoded pictures or sounds that are in memory and can be played again and again. */
import type { AudioLevel } from '../../client/media/track-types.ts';
import type { CodecName, MediaKind } from '../../rtp/parameters.ts';

/** One picture, or one packet of sound. */
export interface ClipFrame {
  data: Uint8Array;
  /** When it is due, ms from the beginning of the clip. */
  at: number;
  /** It needs none of those before it; sound never does. */
  isKeyFrame: boolean;
  audioLevel?: AudioLevel;
}

export interface Clip {
  kind: MediaKind;
  codec: CodecName;
  /** At least one, in order; the first is a key frame. */
  frames: readonly ClipFrame[];
  /** ms until it begins again */
  duration: number;
  /** Pixels, of pictures. */
  width?: number;
  height?: number;
}
