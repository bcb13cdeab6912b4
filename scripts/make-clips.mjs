/**
 * node scripts/make-clips.mjs: makes the built-in clips in clips/ anew. The picture and the sounds are computed here and encoded by
 * Debian's ffmpeg (apt-get install ffmpeg; libvpx, libopus), on one thread, so that the same version gives the same bytes. They are
 * in the repository, so nobody else needs to run this; docs/guide/media.md says what they are.
 */
import { mkdirSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { installDebianPackages } from './lib/install.mjs';
import { root } from './lib/run.mjs';
import { levelsOf, sampleRate, speech, tone } from './lib/sounds.mjs';
import { frameRate, height, pictures, width } from './lib/test-picture.mjs';

const ffmpeg = '/usr/bin/ffmpeg';
const clips = `${root}clips`;
const samplesPerPacket = sampleRate / 50;

/**
 * Key frames are a second apart: a file cannot make one when somebody asks, so the player goes to the next. No frame is hidden, and
 * none depends on a later one (alternative references, look-ahead): each goes out when its time has come.
 */
const videoOptions =
  `-c:v libvpx -b:v 220k -qmin 4 -qmax 48 -deadline good -cpu-used 0 -threads 1 -auto-alt-ref 0 -lag-in-frames 0
  -g ${frameRate} -keyint_min ${frameRate}`.split(/\s+/);

function encode(inputOptions, outputOptions, path, input) {
  const args = ['-v', 'error', '-y', ...inputOptions, '-i', 'pipe:0', ...outputOptions];
  // No serial number by chance, no version.
  args.push('-flags', '+bitexact', '-fflags', '+bitexact', path);
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, args, { stdio: ['pipe', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`ffmpeg failed (${code})`))));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

async function makePicture(path) {
  const size = `${width}x${height}`;
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', size, '-r', String(frameRate)];
  await encode(raw, videoOptions, path, Buffer.concat([...pictures()]));
}

/** Loudness goes along as a comment, a byte a packet in the form of RFC 6464: nothing that sends it has to decode it. */
async function makeSound(path, samples, bitrate, application) {
  const levels = Buffer.from(levelsOf(samples, samplesPerPacket)).toString('hex');
  const raw = ['-f', 'f32le', '-ar', String(sampleRate), '-ac', '1'];
  const opus = ['-c:a', 'libopus', '-b:a', bitrate, '-application', application, '-frame_duration', '20'];
  await encode(raw, [...opus, '-metadata', `AUDIO_LEVELS=${levels}`], path, Buffer.from(samples.buffer));
}

await installDebianPackages({ ffmpeg });
mkdirSync(clips, { recursive: true });
await makePicture(`${clips}/picture.ivf`);
await makeSound(`${clips}/speech.ogg`, speech(), '24k', 'voip');
await makeSound(`${clips}/tone.ogg`, tone(), '24k', 'audio');
for (const name of ['picture.ivf', 'speech.ogg', 'tone.ogg'])
  console.log(`clips/${name}: ${statSync(`${clips}/${name}`).size} bytes`);
