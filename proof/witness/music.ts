/** Music that is like itself nowhere else, so that it can be found again to the sample: made from a seed, encoded by ffmpeg. */
import { spawnSync } from 'node:child_process';
import { wavHeader } from '../../src/media/sound/wav-header.ts';

const sampleRate = 48_000;
/** s of a note, which fades within it */
const noteLength = 0.25;

/** Writes `seconds` of it into an Ogg file. @param random 0 to 1 */
export function writeMusic(path: string, seconds: number, random: () => number): void {
  const samples = new Int16Array(Math.round(seconds * sampleRate));
  const length = noteLength * sampleRate;
  for (let start = 0; start < samples.length; start += length / 2) {
    const frequency = 110 * 2 ** (Math.floor(random() * 36) / 12);
    const loudness = 2000 + 6000 * random();
    const turn = (2 * Math.PI * frequency) / sampleRate;
    for (let index = 0; index < length && start + index < samples.length; index += 1) {
      const shape = Math.sin((Math.PI * index) / length) ** 2;
      const wave = Math.sin(turn * index) + 0.4 * Math.sin(2 * turn * index) + 0.2 * (random() - 0.5);
      samples[start + index] = (samples[start + index] ?? 0) + loudness * shape * wave;
    }
  }
  const wav = Buffer.concat([
    wavHeader({ sampleRate, channels: 1 }, samples.byteLength),
    Buffer.from(samples.buffer),
  ]);
  const args = ['-v', 'error', '-f', 'wav', '-i', '-', '-c:a', 'libopus', '-b:a', '96k', '-y', path];
  const { status, stderr } = spawnSync('ffmpeg', args, { input: wav });
  if (status !== 0) throw new Error(`ffmpeg: ${stderr.toString()}`);
}
