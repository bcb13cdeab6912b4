/** One channel ⇄ two. Samples are interleaved. */

/** The mean of both. */
export function toMono(stereo: Int16Array): Int16Array {
  const samples = new Int16Array(stereo.length >> 1);
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = ((stereo[2 * index] ?? 0) + (stereo[2 * index + 1] ?? 0)) >> 1;
  return samples;
}

/** The same in both. */
export function toStereo(mono: Int16Array): Int16Array {
  const samples = new Int16Array(mono.length * 2);
  for (let index = 0; index < samples.length; index += 1) samples[index] = mono[index >> 1] ?? 0;
  return samples;
}

/** @returns `samples` themselves where nothing is to be done */
export function toChannels(samples: Int16Array, from: 1 | 2, to: 1 | 2): Int16Array {
  if (from === to) return samples;
  return to === 1 ? toMono(samples) : toStereo(samples);
}
