/**
 * A program that runs an ffmpeg which would never end by itself, and says its process id on stdout. `read` in its arguments: it reads the output, slowly;
 * `feed`: ffmpeg waits for input. It stays until it is ended, or leaves at once when its stdin ends.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { runFfmpeg } from '../../dist/media/ffmpeg/run-ffmpeg.js';

const how = process.argv[2];
async function* forEver() {
  yield new TextEncoder().encode('DKIF');
  await pause(2 ** 30);
}
const running = runFfmpeg({
  purpose: 'to be ended',
  inputs:
    how === 'feed' ? [{ options: ['-f', 'ivf'], data: forEver() }] : [{ options: ['-re'], lavfi: 'testsrc' }],
  output: ['-f', 'rawvideo'],
});
console.log(running.pid);
process.stdin.resume().on('end', () => process.exit(0));
for await (const _ of running) await pause(10);
