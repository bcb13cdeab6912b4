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
