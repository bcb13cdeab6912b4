/**
 * How loud a frame is: as its header says (RFC 6464), which costs nothing, or as it sounds, where there is no such header or where what it
 * says is not what is heard. Headers are compared with the sound now and then, more and more seldom.
 */
import { soundLevel } from '../sound/sound-level.ts';
import type { OpusDecoder } from '../opus/types.ts';
import type { SoundFrame } from './sound-frame.ts';

/** Where levels come from. `auto`: from headers that are right, else from the sound; `header`, `sound`: from there alone. */
export type LevelSource = 'auto' | 'header' | 'sound';

const silence = 127;
/** bytes of a packet that only says that there is nothing to hear (discontinuous transmission) */
const longestSilence = 2;
/** Packets of a comparison, and the first of them, which a decoder that begins anew needs to find its way. */
const [compared, settling] = [7, 2];
/** Packets from one comparison to the next: a second of them, twice as many each time, up to a minute. */
const [firstInterval, longestInterval] = [50, 3_000];
/** dB by which a header that is right may differ; what is quieter than that is as good as silent. */
const [tolerance, quietest] = [15, 75];
/** Comparisons that differ, one after the other, until headers are not believed any more. */
const mostDifferent = 2;

export class Loudness {
  readonly #source: LevelSource;
  readonly #create: () => Promise<OpusDecoder>;
  #isMeasured: boolean;
  #decoder: OpusDecoder | undefined;
  #untilComparison = firstInterval;
  #interval = firstInterval;
  /** The loudest of a comparison, in the headers and in the sound, -dBov. */
  #loudest = { said: silence, heard: silence };
  #different = 0;
  #isClosed = false;

  /** @param createDecoder of one channel */
  constructor(source: LevelSource, createDecoder: () => Promise<OpusDecoder>) {
    this.#source = source;
    this.#isMeasured = source === 'sound';
    this.#create = createDecoder;
  }

  /** Every frame is decoded. */
  get isMeasured(): boolean {
    return this.#isMeasured;
  }

  /** @returns -dBov; a promise where a decoder has to be made, one call at a time */
  of(frame: SoundFrame): number | Promise<number> {
    const said = frame.audioLevel?.level;
    if (this.#source === 'header') return said ?? silence;
    if (said === undefined) this.#isMeasured = true;
    if (this.#isMeasured)
      return this.#decoder ? this.#measure(frame) : this.#begin().then(() => this.#measure(frame));
    if (said === undefined || frame.data.length <= longestSilence) return said ?? silence;
    this.#untilComparison -= 1;
    if (this.#untilComparison > 0) return said;
    if (this.#decoder) return this.#compare(frame, said);
    return this.#begin().then(() => this.#compare(frame, said));
  }

  close(): void {
    this.#isClosed = true;
    this.#decoder?.close();
    this.#decoder = undefined;
  }

  async #begin(): Promise<void> {
    const decoder = await this.#create();
    if (this.#isClosed) decoder.close();
    else this.#decoder = decoder;
  }

  #measure({ data }: SoundFrame): number {
    if (!this.#decoder || data.length <= longestSilence) return silence;
    try {
      return soundLevel(this.#decoder.decode(data)).level;
    } catch {
      // It is no Opus: nobody hears anything of it.
      return silence;
    }
  }

  #compare(frame: SoundFrame, said: number): number {
    const heard = this.#measure(frame);
    if (this.#untilComparison <= -settling) {
      this.#loudest.said = Math.min(this.#loudest.said, said);
      this.#loudest.heard = Math.min(this.#loudest.heard, heard);
    }
    if (this.#untilComparison <= 1 - compared) this.#judge();
    return said;
  }

  #judge(): void {
    const { heard, said } = this.#loudest;
    const difference = Math.abs(Math.min(heard, quietest) - Math.min(said, quietest));
    this.#loudest = { said: silence, heard: silence };
    this.#different = difference > tolerance ? this.#different + 1 : 0;
    this.#interval = this.#different > 0 ? firstInterval : Math.min(longestInterval, this.#interval * 2);
    this.#untilComparison = this.#interval;
    if (this.#different >= mostDifferent) this.#isMeasured = true;
    else {
      this.#decoder?.close();
      this.#decoder = undefined;
    }
  }
}
