/** Who makes words of speech: a function, whatever stands behind it. */
import type { Participant } from '../../conference/room/roster.ts';
import type { PcmBlock } from '../sound/pcm-block.ts';

/** One stretch of speech of one participant. */
export interface Speech {
  /** 16 kHz, mono, from 0.2 s before the first word, as it is spoken; it ends when the participant has fallen silent. */
  audio: AsyncIterable<PcmBlock>;
  /** Of whom; undefined when they were never in the room that we saw. */
  participant: Participant | undefined;
  /** As the option of `transcribe` says. */
  language: string | undefined;
  /** Aborted when nobody wants the words any more. */
  signal: AbortSignal;
}

/** What was understood so far. */
export interface Recognition {
  text: string;
  /** The words stay as they are. The next are others. */
  final: boolean;
  /** BCP 47, where it is found out. */
  language?: string;
}

/** Words, once and for all; or what is understood as it is spoken. Nothing at all when there were no words. */
export type Recogniser = (
  speech: Speech,
) => AsyncIterable<Recognition> | Promise<string | undefined> | string | undefined;

/** Samples a second, what recognisers want. */
export const speechRate = 16_000;

/** 16 bits, little-endian, as recognisers take samples. */
export function bytesOf({ samples }: PcmBlock): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
