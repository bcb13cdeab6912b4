/**
 * Many tracks as one: blocks of 20 ms on a grid of our clock, each as soon as what belongs to it should have come. It is pure: frames in,
 * blocks out when their time has come, and nothing is decoded before.
 */
import type { Milliseconds } from '../../base/clock.ts';
import type { OpusDecoder } from '../opus/types.ts';
import type { PcmBlock } from '../sound/pcm-block.ts';
import { type Contribution, MixSource } from './mix-source.ts';
import { PlayOutDelay } from './play-out-delay.ts';
import type { SoundFrame } from './sound-frame.ts';

export interface MixerOptions {
  sampleRate: number;
  channels: 1 | 2;
  createDecoder(): Promise<OpusDecoder>;
  failed(error: unknown): void;
  /** ms that it waits for what is on its way, at least and at most. */
  delay: { least: Milliseconds; most: Milliseconds };
  /** ms by which whoever takes blocks may be late; more is lost. */
  limit: Milliseconds;
}

/** ms of a block */
export const blockDuration: Milliseconds = 20;

export class Mixer<Key> {
  readonly #options: MixerOptions;
  readonly #sources = new Map<Key, MixSource>();
  /** Who have gone, and when: what had come of them is still heard. */
  readonly #leaving = new Map<MixSource, Milliseconds>();
  readonly #delay: PlayOutDelay;
  readonly #sums: Int32Array;
  /** When the next block begins. */
  #next: Milliseconds;
  /** ms of the mix that were left out because nobody took them. */
  dropped: Milliseconds = 0;

  constructor(options: MixerOptions, now: Milliseconds) {
    this.#options = options;
    this.#next = Math.round(now);
    this.#delay = new PlayOutDelay(options.delay.least, options.delay.most);
    this.#sums = new Int32Array((options.sampleRate / 1_000) * blockDuration * options.channels);
  }

  /** When {@link take} has a block, ms since the epoch. */
  get due(): Milliseconds {
    return this.#next + blockDuration + this.#delay.current;
  }

  /** ms from the moment of the sound to the block that has it. */
  get delay(): Milliseconds {
    return this.#delay.current;
  }

  push(key: Key, frame: SoundFrame, now: Milliseconds): void {
    let source = this.#sources.get(key);
    if (!source) this.#sources.set(key, (source = this.#createSource()));
    this.#forgetUntaken(now);
    const lateness = source.push(frame, now);
    if (lateness !== undefined) this.#delay.arrived(lateness);
  }

  /** Nothing more comes of it. */
  remove(key: Key, now: Milliseconds): void {
    const source = this.#sources.get(key);
    this.#sources.delete(key);
    if (source) this.#leaving.set(source, now);
    this.#forgetUntaken(now);
  }

  /** The next block, if it is due. */
  take(now: Milliseconds): PcmBlock | undefined {
    this.#skip(now);
    if (now < this.due) return undefined;
    const [from, to] = [this.#next, this.#next + blockDuration];
    this.#next = to;
    const sums = this.#sums.fill(0);
    const contributions = new Set<Contribution>();
    this.#forget(from);
    for (const source of [...this.#sources.values(), ...this.#leaving.keys()])
      contributions.add(source.addTo(sums, from, to));
    const { channels, sampleRate } = this.#options;
    const origin =
      (['decoded', 'concealed'] as const).find((each) => contributions.has(each)) ?? ('silence' as const);
    return { samples: saturated(sums), sampleRate, channels, timestamp: from, origin };
  }

  close(): void {
    for (const source of [...this.#sources.values(), ...this.#leaving.keys()]) source.close();
    this.#sources.clear();
    this.#leaving.clear();
  }

  /** Who had gone by then. */
  #forget(time: Milliseconds): void {
    for (const [source, goneAt] of this.#leaving) {
      if (goneAt > time) continue;
      source.close();
      this.#leaving.delete(source);
    }
  }

  /** Nobody may take anything for long, and what is before this nobody can take any more. */
  #forgetUntaken(now: Milliseconds): void {
    const { delay, limit } = this.#options;
    this.#forget(now - limit - delay.most - 2 * blockDuration);
  }

  /** Whoever is too late goes on with what is due, not with what was. */
  #skip(now: Milliseconds): void {
    const late = now - this.due;
    if (late <= this.#options.limit) return;
    const skipped = Math.floor(late / blockDuration) * blockDuration;
    this.dropped += skipped;
    this.#next += skipped;
  }

  #createSource(): MixSource {
    const { delay, limit } = this.#options;
    // Frames may be as short as a few ms.
    const frames = Math.ceil(((limit + delay.most) / blockDuration) * 2) + 50;
    return new MixSource({ ...this.#options, limit: frames });
  }
}

function saturated(sums: Int32Array): Int16Array {
  const samples = new Int16Array(sums.length);
  for (let index = 0; index < sums.length; index += 1)
    samples[index] = Math.max(-32_768, Math.min(32_767, sums[index] ?? 0));
  return samples;
}
