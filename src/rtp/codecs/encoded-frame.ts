import type { CodecName } from '../parameters.ts';

/**
 * A frame as encoders make it and decoders take it. VP8, VP9: as IVF has it; several spatial layers of VP9 are a superframe. H264: an access
 * unit with start codes (Annex B). AV1: a temporal unit, whose units have sizes. Opus: a packet.
 */
export interface EncodedFrame {
  codec: CodecName;
  data: Uint8Array;
  /** 32 bits, in units of the codec's clock. */
  timestamp: number;
  /** Of its first packet that is there. */
  sequenceNumber: number;
  /** Decoding can begin here; always so with Opus. */
  keyFrame: boolean;
  /** Of a key frame, in pixels. */
  width?: number;
  height?: number;
  temporalId?: number;
}
