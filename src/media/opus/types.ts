/** Opus (RFC 6716) ⇄ samples, whatever library does it. */

/** Hz that Opus is decoded to, and encoded from: hearing at one of these needs no resampling. */
export type OpusSampleRate = 8000 | 12_000 | 16_000 | 24_000 | 48_000;

export interface OpusDecoderOptions {
  sampleRate: OpusSampleRate;
  /** What comes out: packets of one channel and of two become that. */
  channels: 1 | 2;
}

/** Decodes the packets of one source, in order. */
export interface OpusDecoder {
  /**
   * @returns interleaved samples, 2.5 to 120 ms of them, the caller's to keep
   * @throws ParseError `opus-packet`: it is none; the decoder goes on with the next
   */
  decode(packet: Uint8Array): Int16Array;
  /**
   * Makes up what stands for packets that were lost, from what came before: it fades out.
   * @param samplesPerChannel a multiple of 2.5 ms, up to 120 ms
   * @throws UsageError `opus-samples`
   */
  conceal(samplesPerChannel: number): Int16Array;
  /**
   * The same for what was lost just before `next`, from what `next` repeats of it (FEC) where it does; `next` itself is decoded afterwards.
   * @throws ParseError `opus-packet`
   */
  recover(next: Uint8Array, samplesPerChannel: number): Int16Array;
  /** Frees what it holds. May be called twice; after it the others throw. */
  close(): void;
}

export interface OpusEncoderOptions {
  sampleRate: OpusSampleRate;
  channels: 1 | 2;
  /** bit/s, 6000 to 510 000. Default: 32 000 for `voip`, 64 000 a channel for `audio`. */
  bitrate?: number;
  /** `voip` (the default) for speech, `audio` for music. */
  application?: 'voip' | 'audio';
}

export interface OpusEncoder {
  /**
   * @param samples 20 ms, interleaved
   * @returns a packet, the caller's to keep
   * @throws UsageError `opus-samples`: not 20 ms
   */
  encode(samples: Int16Array): Uint8Array;
  /** Frees what it holds. May be called twice; after it `encode` throws. */
  close(): void;
}
