/** Sound as samples, and where in it something is: by ffmpeg, which nobody here wrote. */
import { spawnSync } from 'node:child_process';

/** Hz: enough for a tenth of a millisecond. */
export const rate = 16_000;

/** All of a file's sound, mono, as a player hears it that looks at no timestamps. @throws when ffmpeg has anything to complain about */
export function samplesOf(path: string): Float32Array {
  const args = ['-v', 'error', '-i', path, '-map', '0:a', '-ac', '1', '-ar', String(rate), '-f', 'f32le'];
  const { stderr, stdout } = spawnSync('ffmpeg', [...args, '-'], { maxBuffer: 2 ** 31 - 1 });
  if (stderr.length > 0) throw new Error(`ffmpeg about ${path}: ${stderr.toString()}`);
  return new Float32Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.byteLength / 4));
}

export interface Found {
  /** Samples from where it was expected. */
  lag: number;
  /** Of what was looked for and what is there: 1 is the same, 0 something else. */
  correlation: number;
}

/**
 * Looks for a sound around the place where it is expected.
 * @param at samples; it may lie outside as far as `within`
 * @param within samples that it may be early or late
 */
export function find(wanted: Float32Array, where: Float32Array, at: number, within: number): Found {
  let best: Found = { lag: 0, correlation: -1 };
  const power = powerOf(wanted);
  // Of the part that is looked at, which moves by one sample.
  let around = powerOf(where.subarray(Math.max(0, at - within), Math.max(0, at - within + wanted.length)));
  for (let lag = -within; lag <= within; lag += 1) {
    const start = at + lag;
    if (start >= 0 && start + wanted.length <= where.length) {
      let sum = 0;
      for (let index = 0; index < wanted.length; index += 1)
        sum += (wanted[index] ?? 0) * (where[start + index] ?? 0);
      const correlation = sum / Math.sqrt(Math.max(1e-12, power * around));
      if (correlation > best.correlation) best = { lag, correlation };
    }
    // Outside there is nothing.
    const [gone, come] = [where[start] ?? 0, where[start + wanted.length] ?? 0];
    around += come * come - gone * gone;
  }
  return best;
}

/** Loudness, dB of full scale. */
export function loudness(samples: Float32Array): number {
  return 10 * Math.log10(powerOf(samples) / Math.max(1, samples.length) + 1e-12);
}

function powerOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
