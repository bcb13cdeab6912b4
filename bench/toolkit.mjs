/**
 * npm run bench:toolkit: what voices, music and recordings cost. What is compared takes turns in one process, on one conference whose deployment and
 * speakers are other processes, so that ratios hold where figures drift. Figures are printed with their goals, never judged by the exit code.
 *
 * --only recording,decoding,music,browser  --quick (fewer, and for a shorter time)  --counts 1,10,50 (people)  --rounds N  --seconds S (of each measurement)
 * --json
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { build } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { measureBrowser, printBrowser } from './toolkit/browser.mjs';
import { measureMusic, printMusic } from './toolkit/music.mjs';
import { makePicture } from './toolkit/picture.mjs';
import { measureUses, printDecoding, printRecording } from './toolkit/uses.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    counts: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const isWanted = (part) => flags.only === undefined || flags.only.split(',').includes(part);
const say = (text) => process.stderr.write(`${text}\n`);
const options = {
  rounds: Number(flags.rounds ?? (flags.quick ? 3 : 7)),
  seconds: Number(flags.seconds ?? (flags.quick ? 2 : 4)),
  say,
};
const counts = (flags.counts ?? (flags.quick ? '1,10' : '1,10,50')).split(',').map(Number);
const print = (printed, results) => flags.json || printed(results);

await installNodeModules();
await build();
const results = {
  machine: { node: process.versions.node, processors: cpus().length, model: cpus()[0]?.model },
  load: [Math.round(loadavg()[0] * 10) / 10],
};
if (!flags.json)
  console.log(
    `Node ${process.versions.node}, ${cpus().length} processors (${cpus()[0]?.model}), load ${results.load[0]}`,
  );
const picture = makePicture();

if (isWanted('recording')) {
  results.recording = [];
  for (const camera of [false, true])
    for (const count of counts) {
      const uses = ['nothing', 'listen', 'record'];
      results.recording.push(
        await measureUses({ count, picture: camera ? picture : undefined, uses }, options),
      );
    }
  print(printRecording, results.recording);
}
if (isWanted('decoding')) {
  results.decoding = await measureUses({ count: 10, uses: ['listen', 'codec', 'pcm'] }, options);
  print(printDecoding, results.decoding);
}
if (isWanted('music')) {
  results.music = await measureMusic({ bots: 50, seconds: flags.quick ? 10 : 20 });
  print(printMusic, results.music);
}
if (isWanted('browser')) {
  const counts = flags.quick ? [3] : [3, 10];
  results.browser = await measureBrowser(counts, picture, options);
  print(printBrowser, results.browser);
}
results.load.push(Math.round(loadavg()[0] * 10) / 10);
if (flags.json) console.log(JSON.stringify(results));
else console.log(`\nload ${results.load[1]} at the end`);
