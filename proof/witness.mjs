/**
 * npm run witness: what was said and shown is compared with what is recorded and heard elsewhere. Deployment, speakers, recorders, players and listeners are
 * processes of their own, and files are read by ffprobe and ffmpeg. Prints tables; exits with 1 when anything is missing, somebody else's, or not in its time.
 *
 *   npm run witness -- [--only SCENE]… [--seconds N] [--robots N] [--container webm|mp4|ogg] [--music SECONDS]
 *     [--rounds N] [--seed S] [--directory DIR] [--short]
 *
 * Scenes: recorded, cut (the recorder's network for five seconds), moved (the bridge), killed (SIGKILL), film (H264, AV1, VP9, and all in one film), play, say.
 * The files stay where they are. --short takes half a minute for all, and judges no times.
 */
import { parseArgs } from 'node:util';
import { build, buildProof } from '../scripts/lib/build.mjs';
import { installDebianPackages, installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seconds: { type: 'string' },
    robots: { type: 'string' },
    container: { type: 'string', default: 'webm' },
    music: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    directory: { type: 'string', default: `${root}.cache/witness` },
    short: { type: 'boolean', default: false },
  },
});
const numberOf = (name, normal, short) => {
  const value = Number(flags[name] ?? (flags.short ? short : normal));
  if (Number.isSafeInteger(value) && value >= 1) return value;
  console.error(`--${name} ${flags[name]}: a whole number from 1 is needed`);
  process.exit(2);
};
const options = {
  root,
  directory: flags.directory,
  seconds: numberOf('seconds', 60, 20),
  container: flags.container,
  robots: numberOf('robots', 10, 3),
  music: numberOf('music', 300, 8),
  rounds: numberOf('rounds', 20, 3),
  seed: numberOf('seed', 1, 1),
  strict: !flags.short,
};

await installNodeModules();
await installDebianPackages({ ffmpeg: '/usr/bin/ffmpeg' });
await build();
await buildProof();
const { scenes, shortScenes } = await import('../.cache/proof/proof/witness/run.js');
const known = flags.short ? shortScenes : scenes;
const names = flags.only ?? Object.keys(known);
const unknown = names.filter((name) => !Object.hasOwn(known, name));
if (unknown.length > 0) {
  console.error(`--only ${unknown.join(', ')}: there are ${Object.keys(known).join(', ')}`);
  process.exit(2);
}
// Each program is to end with us.
process.setMaxListeners(100);
// Figures are of one at a time.
if (flags.short) await Promise.all(names.map(play));
else for (const name of names) await play(name);

async function play(name) {
  const start = performance.now();
  let result;
  try {
    result = await known[name](options);
  } catch (error) {
    result = { text: '', problems: [error.stack] };
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`\n## ${name}, seed ${options.seed}, ${seconds} s\n\n${result.text.replaceAll(root, '')}`);
  for (const problem of result.problems) console.error(`WRONG: ${name}: ${problem}`);
  if (result.problems.length > 0) process.exitCode = 1;
}
