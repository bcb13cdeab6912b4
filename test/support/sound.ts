/** Sounds for tests, and what is in what was heard. */

export interface ToneOptions {
  /** Hz */
  frequency: number;
  sampleRate: number;
  channels?: 1 | 2;
  /** Samples of a channel. */
  length: number;
  /** Of 32767. Default a quarter. */
  amplitude?: number;
}

/** A sine, interleaved, the same in all channels. */
export function tone({
  frequency,
  sampleRate,
  channels = 1,
  length,
  amplitude = 8192,
}: ToneOptions): Int16Array {
  return Int16Array.from({ length: length * channels }, (_, index) => {
    const at = Math.floor(index / channels) / sampleRate;
    return Math.round(amplitude * Math.sin(2 * Math.PI * frequency * at));
  });
}

/** How much of the power of one channel is a tone, 0 to 1: what is left when the sine that fits best is taken off is not. */
export function toneShare(samples: ArrayLike<number>, frequency: number, sampleRate: number): number {
  const { power, cosine, sine } = correlate(samples, frequency, sampleRate);
  return power === 0 ? 0 : (cosine ** 2 + sine ** 2) / 2 / power;
}

/** The amplitude of a tone in one channel, of 32767. */
export function toneAmplitude(samples: ArrayLike<number>, frequency: number, sampleRate: number): number {
  const { cosine, sine } = correlate(samples, frequency, sampleRate);
  return Math.hypot(cosine, sine);
}

function correlate(
  samples: ArrayLike<number>,
  frequency: number,
  sampleRate: number,
): { power: number; cosine: number; sine: number } {
  let [power, cosine, sine] = [0, 0, 0];
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0;
    const angle = (2 * Math.PI * frequency * index) / sampleRate;
    power += sample ** 2;
    cosine += sample * Math.cos(angle);
    sine += sample * Math.sin(angle);
  }
  const { length } = samples;
  return { power: power / length, cosine: (2 * cosine) / length, sine: (2 * sine) / length };
}

/** The last half second of a sound, as it is heard. */
export class LastMoment {
  readonly #sampleRate: number;
  #samples: number[] = [];

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  get isWhole(): boolean {
    return this.#samples.length === this.#sampleRate / 2;
  }

  push(samples: Int16Array): void {
    this.#samples = [...this.#samples, ...samples].slice(-this.#sampleRate / 2);
  }

  /** How much of its power these tones are, 0 to 1. */
  shareOf(...frequencies: readonly number[]): number {
    const shares = frequencies.map((frequency) => toneShare(this.#samples, frequency, this.#sampleRate));
    return shares.reduce((sum, share) => sum + share, 0);
  }

  /** Of 32767. */
  amplitudeOf(frequency: number): number {
    return toneAmplitude(this.#samples, frequency, this.#sampleRate);
  }
}
