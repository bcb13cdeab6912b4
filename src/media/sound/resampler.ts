/** Samples at another rate, as they come, by SpeexDSP's resampler: its arithmetic is in whole numbers, so that nothing is lost or added however long it goes on. */
import { UsageError } from '../../base/errors.ts';
import { checkOptions, type Kind, type Kinds } from '../../client/check-arguments.ts';
import { channels } from '../opus/options.ts';

type Library = import('@echogarden/speex-resampler-wasm').SpeexResampler;

export interface ResamplerOptions {
  /** Hz, 1000 to 384 000. */
  from: number;
  to: number;
  channels: 1 | 2;
}

export interface Resampler {
  /** @param samples interleaved, any number @returns what they become, as far as it can be said before the next ones */
  process(samples: Int16Array): Int16Array;
  /** @returns what is still held, less than 10 ms; the next sound begins anew */
  flush(): Int16Array;
  /** Frees what it holds. May be called twice; after it the others throw. */
  close(): void;
}

/** Of 10: a tone keeps 90 dB above what is added to it; what is higher than the new rate can have is 90 dB quieter. */
const quality = 5;
/** Samples of a channel in one go. */
const piece = 2048;

export const resampledRate: Kind = {
  words: 'a whole number of Hz from 1000 to 384000',
  fits: (value) => Number.isInteger(value) && Number(value) >= 1000 && Number(value) <= 384_000,
};
const kinds: Kinds<ResamplerOptions> = {
  from: resampledRate,
  to: resampledRate,
  channels,
};

/** There are no defaults. */
const needed: object = { from: null, to: null, channels: null };

let loading: Promise<Library> | undefined;

/**
 * One for each sound that goes on: it remembers what came before.
 * @throws UsageError `option-invalid`, `option-unknown`
 */
export async function createResampler(options: ResamplerOptions): Promise<Resampler> {
  checkOptions('resampling', kinds, { ...needed, ...options });
  if (options.from === options.to)
    return { process: (samples) => samples, flush: () => new Int16Array(), close() {} };
  loading ??= import('@echogarden/speex-resampler-wasm').then(({ default: load }) => load());
  return new SpeexResampler(await loading, options);
}

class SpeexResampler implements Resampler {
  readonly #library: Library;
  readonly #options: ResamplerOptions;
  #state: number;
  /** Address of two lengths, and behind them of a piece before and one after. */
  readonly #memory: number;
  readonly #outputPiece: number;

  constructor(library: Library, options: ResamplerOptions) {
    this.#library = library;
    this.#options = options;
    this.#outputPiece = Math.ceil((piece * options.to) / options.from) + 1;
    this.#memory = library._malloc(8 + 2 * options.channels * (piece + this.#outputPiece));
    this.#state = this.#memory === 0 ? 0 : this.#open();
    if (this.#state !== 0) return;
    library._free(this.#memory);
    throw new Error('the resampler has no memory left');
  }

  process(samples: Int16Array): Int16Array {
    if (this.#state === 0)
      throw new UsageError('resampling: it is closed; make another one', { code: 'resampler-closed' });
    const { channels, from, to } = this.#options;
    const frames = Math.floor(samples.length / channels);
    const output = new Int16Array(channels * (Math.ceil((frames * to) / from) + 2));
    let written = 0;
    for (let taken = 0; taken < frames; ) {
      const [read, made] = this.#step(samples.subarray(taken * channels, (taken + piece) * channels));
      output.set(made, written);
      written += made.length;
      taken += read;
    }
    return output.subarray(0, written);
  }

  flush(): Int16Array {
    const held = this.#library._speex_resampler_get_input_latency(this.#state);
    const rest = this.process(new Int16Array(held * this.#options.channels));
    this.#library._speex_resampler_destroy(this.#state);
    this.#state = this.#open();
    return rest;
  }

  close(): void {
    if (this.#state === 0) return;
    this.#library._speex_resampler_destroy(this.#state);
    this.#library._free(this.#memory);
    this.#state = 0;
  }

  #open(): number {
    const { channels, from, to } = this.#options;
    const state = this.#library._speex_resampler_init(channels, from, to, quality, this.#memory);
    // The first sample that comes out is the first that went in.
    if (state !== 0) this.#library._speex_resampler_skip_zeros(state);
    return state;
  }

  /** @returns how many samples of a channel it took, and a view of what it made */
  #step(samples: Int16Array): [number, Int16Array] {
    const library = this.#library;
    const { channels } = this.#options;
    const [lengths, input] = [this.#memory, this.#memory + 8];
    const output = input + 2 * channels * piece;
    library.HEAP16.set(samples, input / 2);
    library.HEAP32[lengths / 4] = samples.length / channels;
    library.HEAP32[lengths / 4 + 1] = this.#outputPiece;
    library._speex_resampler_process_interleaved_int(this.#state, input, lengths, output, lengths + 4);
    const [read = 0, written = 0] = library.HEAP32.subarray(lengths / 4, lengths / 4 + 2);
    return [read, library.HEAP16.subarray(output / 2, output / 2 + written * channels)];
  }
}
