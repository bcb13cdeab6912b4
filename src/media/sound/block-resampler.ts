/** Blocks of sound at another rate. What follows at once goes on without a seam; after a pause, and at the end, nothing is left behind. */
import { endOf, type PcmBlock } from './pcm-block.ts';
import { createResampler, type Resampler } from './resampler.ts';

/** ms by which blocks that meet may seem not to, as numbers are rounded */
const rounding = 0.5;

export class BlockResampler {
  readonly #resampler: Resampler;
  readonly #sampleRate: number;
  /** The last block; undefined: the next one begins anew. */
  #last: PcmBlock | undefined;
  /** ms, of the first sample since then, and samples of a channel that were made of it. */
  #start = 0;
  #made = 0;

  private constructor(resampler: Resampler, sampleRate: number) {
    this.#resampler = resampler;
    this.#sampleRate = sampleRate;
  }

  static async create(from: number, to: number, channels: 1 | 2): Promise<BlockResampler> {
    return new BlockResampler(await createResampler({ from, to, channels }), to);
  }

  /** @returns none, one or two: the first after a pause is shorter by what is needed of the next. A block without samples is passed on */
  take(block: PcmBlock): PcmBlock[] {
    const follows = this.#last && Math.abs(endOf(this.#last) - block.timestamp) < rounding;
    const before = follows && block.samples.length > 0 ? [] : this.end();
    if (block.samples.length === 0) return [...before, block];
    if (!this.#last) [this.#start, this.#made] = [block.timestamp, 0];
    this.#last = block;
    return [...before, ...this.#blocks(this.#resampler.process(block.samples), block)];
  }

  /** @returns what it still holds */
  end(): PcmBlock[] {
    const last = this.#last;
    this.#last = undefined;
    return last ? this.#blocks(this.#resampler.flush(), last) : [];
  }

  close(): void {
    this.#resampler.close();
  }

  #blocks(samples: Int16Array, { channels, origin }: PcmBlock): PcmBlock[] {
    if (samples.length === 0) return [];
    const sampleRate = this.#sampleRate;
    const timestamp = this.#start + (this.#made * 1000) / sampleRate;
    this.#made += samples.length / channels;
    return [{ samples, sampleRate, channels, timestamp, origin }];
  }
}
