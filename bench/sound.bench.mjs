/** What sound costs: 20 ms of speech to Opus and back, with what stands for lost packets, and samples at another rate; µs of CPU each. */
import { createOpusDecoder, createOpusEncoder, createResampler } from '../dist/media/index.js';

const rounds = 2000;

/** Something like a voice at 48 kHz: a hum with overtones, whose pitch and loudness wander, and breath. */
function speech(channels) {
  let phase = 0;
  return Array.from({ length: 500 }, (_, frame) => {
    const loudness = 6000 * Math.max(0, Math.sin(frame / 9));
    const samples = new Int16Array(960 * channels);
    for (let at = 0; at < 960; at += 1) {
      phase += (2 * Math.PI * (140 + 30 * Math.sin(frame / 20))) / 48_000;
      let value = (Math.random() - 0.5) * 0.2;
      for (const overtone of [1, 2, 3, 5, 8]) value += Math.sin(overtone * phase) / overtone;
      samples.fill(loudness * value, at * channels, (at + 1) * channels);
    }
    return samples;
  });
}

/** µs of CPU */
function measure(run) {
  for (let index = 0; index < 300; index += 1) run(index);
  const before = process.cpuUsage();
  for (let index = 0; index < rounds; index += 1) run(index);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / rounds).toFixed(0);
}

const began = performance.now();
(await createOpusDecoder({ sampleRate: 48_000, channels: 1 })).close();
console.log(`the Opus library is loaded in ${(performance.now() - began).toFixed(0)} ms`);
for (const channels of [1, 2]) {
  const frames = speech(channels);
  for (const application of ['voip', 'audio']) {
    const encoder = await createOpusEncoder({ sampleRate: 48_000, channels, application });
    const packets = frames.map((frame) => encoder.encode(frame));
    const figures = [`encode ${measure((index) => encoder.encode(frames[index % frames.length]))}`];
    for (const sampleRate of [48_000, 16_000]) {
      const decoder = await createOpusDecoder({ sampleRate, channels });
      figures.push(
        `decode to ${sampleRate} Hz ${measure((index) => decoder.decode(packets[index % packets.length]))}`,
      );
      figures.push(`conceal ${measure(() => decoder.conceal(sampleRate / 50))}`);
      decoder.close();
    }
    encoder.close();
    console.log(`${channels === 1 ? 'mono' : 'stereo'}, ${application}: ${figures.join(', ')}`);
  }
}
for (const [from, to] of [
  [22_050, 48_000],
  [44_100, 48_000],
  [48_000, 44_100],
]) {
  const resampler = await createResampler({ from, to, channels: 1 });
  const samples = new Int16Array(from / 50).map((_, index) => 8000 * Math.sin(index / 9));
  console.log(`20 ms from ${from} to ${to} Hz: ${measure(() => resampler.process(samples))}`);
  resampler.close();
}
