/** How loud samples are, as packets say it (RFC 6464): the root of the mean square, against the loudest there can be (RFC 6465, appendix A). */
import type { AudioLevel } from '../../client/media/track-types.ts';

/** -dBov: what is louder counts as speech. The speech detection of receivers begins there, too. */
const quietestSpeech = 50;
const silence = 127;

/** @param samples of any number of channels, 16 bits each; without any: silence */
export function soundLevel(samples: Int16Array): AudioLevel {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return { level: silence, voice: false };
  const decibels = 10 * Math.log10(sum / samples.length / 32_768 ** 2);
  const level = Math.max(0, Math.min(silence, Math.round(-decibels)));
  return { level, voice: level < quietestSpeech };
}
