/**
 * The sounds of the clips: a tone, and something with the rhythm and the spectrum of speech (a voice of pulses through the resonances
 * of vowels, syllables, pauses), which speaker detection takes for somebody talking. Each run gives the same.
 */
export const sampleRate = 48_000;

/** Two seconds of 440 Hz, at a level that does not hurt; whole periods, so that it can be repeated. */
export function tone() {
  return Float32Array.from({ length: 2 * sampleRate }, (_, index) => {
    return 0.2 * Math.sin((2 * Math.PI * 440 * index) / sampleRate);
  });
}

/** Resonances of vowels, Hz (a male voice's averages). */
const vowels = {
  a: [730, 1090, 2440],
  e: [530, 1840, 2480],
  i: [270, 2290, 3010],
  o: [570, 840, 2410],
  u: [300, 870, 2240],
};
/** Hz */
const bandwidths = [80, 100, 140];

/** A vowel, or - for a pause, and for how long, ms. */
const syllables = `
  a190 o160 i220 -60 e170 a200 u180 i150 -280
  o210 a170 e190 -50 i160 u200 a260 -340
  e180 i140 a230 o190 -70 u160 e210 a300 -410`
  .trim()
  .split(/\s+/)
  .map((word) => ({ vowel: word[0], seconds: Number(word.slice(1)) / 1000 }));

/** Some five seconds. */
export function speech() {
  const length = Math.round(syllables.reduce((sum, { seconds }) => sum + seconds, 0) * 50) / 50;
  const samples = new Float32Array(length * sampleRate);
  fillWithNoise(samples);
  let start = 0;
  let phase = 0;
  for (const { vowel, seconds } of syllables) {
    const end = Math.min(samples.length, start + Math.round(seconds * sampleRate));
    if (vowel !== '-')
      phase = speak(samples.subarray(start, end), vowels[vowel], start / samples.length, phase);
    start = end;
  }
  return samples;
}

/** @returns where the voice's pulse is, from 0 to 1, for the next syllable */
function speak(samples, formants, position, startPhase) {
  const filters = formants.map((frequency, index) => resonator(frequency, bandwidths[index]));
  let phase = startPhase;
  for (let index = 0; index < samples.length; index += 1) {
    const part = index / samples.length;
    // The pitch falls towards the end, and moves a little within each syllable.
    phase += (126 - 22 * position + 9 * Math.sin(Math.PI * part)) / sampleRate;
    const pulse = phase >= 1 ? 1 : 0;
    phase %= 1;
    const voice = filters.reduce((sum, filter, formant) => sum + filter(pulse) / (1 + formant), 0);
    samples[index] += 0.55 * Math.sin(Math.PI * part) ** 0.6 * Math.tanh(2.2 * voice);
  }
  return phase;
}

/** A quiet room: bridges drop packets that say there is no sound at all, and receivers count them as lost. */
function fillWithNoise(samples) {
  let state = 1;
  for (let index = 0; index < samples.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples[index] = (state / 2 ** 31 - 1) * 0.0005;
  }
}

/** A resonance of two poles. */
function resonator(frequency, bandwidth) {
  const radius = Math.exp((-Math.PI * bandwidth) / sampleRate);
  const turn = 2 * radius * Math.cos((2 * Math.PI * frequency) / sampleRate);
  let [last, before] = [0, 0];
  return (input) => {
    [last, before] = [input + turn * last - radius * radius * before, last];
    return last * (1 - radius) * 6;
  };
}

/** A byte a packet as RFC 6464 wants it: −dBov, with the highest bit where there is a voice. */
export function levelsOf(samples, samplesPerPacket) {
  const levels = [];
  for (let start = 0; start < samples.length; start += samplesPerPacket) {
    const packet = samples.subarray(start, start + samplesPerPacket);
    const power = packet.reduce((sum, sample) => sum + sample * sample, 0) / packet.length;
    const level = Math.min(127, Math.max(0, Math.round(-10 * Math.log10(power + 1e-13))));
    levels.push(level < 50 ? level | 0x80 : level);
  }
  return levels;
}
