/** What was heard, in figures. */
import type { PcmBlock } from '../../media/sound/pcm-block.ts';
import { soundLevel } from '../../media/sound/sound-level.ts';

/** The last object of `listen`. Times are in s. */
export interface ListenSummary {
  type: 'summary';
  /** As it was asked for; null: everybody. */
  from: string | null;
  /** Of the file; null: stdout. */
  path: string | null;
  seconds: number;
  /** Of it, with somebody in it. */
  heard: number;
  /** Of it, made up for what was lost. */
  concealed: number;
  /** What was not taken in time, and left out. */
  dropped: number;
  /** Names of those who were not heard because they are end-to-end encrypted. */
  encrypted: string[];
  /** Of samples. */
  bytes: number;
}

export class HeardMeter {
  readonly #about: { from?: string; path?: string };
  readonly #seconds = { decoded: 0, concealed: 0, silence: 0 };
  #bytes = 0;
  /** -dBov, of the last block. */
  level = 127;

  constructor(about: { from?: string; path?: string }) {
    this.#about = about;
  }

  get seconds(): number {
    return this.#seconds.decoded + this.#seconds.concealed + this.#seconds.silence;
  }

  heard({ channels, origin, sampleRate, samples }: PcmBlock): void {
    this.#seconds[origin] += samples.length / channels / sampleRate;
    this.#bytes += samples.byteLength;
    this.level = origin === 'silence' ? 127 : soundLevel(samples).level;
  }

  /** @param dropped ms */
  summary(dropped: number, encrypted: string[]): ListenSummary {
    const { from = null, path = null } = this.#about;
    const { concealed, decoded } = this.#seconds;
    return {
      type: 'summary',
      from,
      path,
      seconds: rounded(this.seconds),
      heard: rounded(decoded + concealed),
      concealed: rounded(concealed),
      dropped: rounded(dropped / 1_000),
      encrypted,
      bytes: this.#bytes,
    };
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
