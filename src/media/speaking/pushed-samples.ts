/** Samples as they are pushed, in pieces of any size and of several types → frames of one length. It is a queue without a bound of its own. */
import { UsageError } from '../../base/errors.ts';
import { floatsToInt16, toInt16 } from '../sound/sample-format.ts';

/** Interleaved: 16 bits, as numbers or as bytes (little-endian); or floats from -1 to 1. */
export type Samples = Int16Array | Uint8Array | Float32Array;

export class PushedSamples {
  readonly #pieces: Int16Array[] = [];
  /** Of the first piece. */
  #taken = 0;
  /** The first byte of a sample whose second is still to come. */
  #half: number | undefined;
  /** Samples that are queued, of all channels. */
  length = 0;

  /**
   * Keeps a copy.
   * @returns how many samples they are
   * @throws UsageError `speaker-samples`
   */
  push(samples: Samples): number {
    const piece = this.#read(samples);
    if (piece.length > 0) this.#pieces.push(piece);
    this.length += piece.length;
    return piece.length;
  }

  /** Takes so many, or what there is if they are fewer. */
  take(count: number): Int16Array {
    const samples = new Int16Array(Math.min(count, this.length));
    for (let filled = 0; filled < samples.length; ) {
      const [piece = samples] = this.#pieces;
      const part = piece.subarray(this.#taken, this.#taken + samples.length - filled);
      samples.set(part, filled);
      filled += part.length;
      this.#taken += part.length;
      if (this.#taken < piece.length) continue;
      this.#pieces.shift();
      this.#taken = 0;
    }
    this.length -= samples.length;
    return samples;
  }

  /** What is pushed next is another sound. */
  clear(): void {
    this.#pieces.length = 0;
    this.#taken = 0;
    this.length = 0;
    this.#half = undefined;
  }

  #read(samples: Samples): Int16Array {
    if (samples instanceof Int16Array) return samples.slice();
    if (samples instanceof Float32Array) return floatsToInt16(samples);
    if (samples instanceof Uint8Array) return this.#readBytes(samples);
    throw new UsageError(
      'speaking: the samples are to be an Int16Array, a Float32Array from -1 to 1, or a Uint8Array of 16 bits each, little-endian',
      { code: 'speaker-samples' },
    );
  }

  #readBytes(bytes: Uint8Array): Int16Array {
    const all = this.#half === undefined ? bytes : Buffer.concat([Uint8Array.of(this.#half), bytes]);
    this.#half = all.length % 2 === 1 ? all.at(-1) : undefined;
    return toInt16(all, 's16');
  }
}
