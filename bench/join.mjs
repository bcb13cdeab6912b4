/**
 * npm run bench:join: what a join with media costs, where its time goes, how long the first frame takes, and what one listener costs.
 * Figures are printed, never judged.
 *
 * --builds dist,dist:no-thread,FOLDER (compared in turns; default dist)  --only join,first-frame,listener  --rounds N  --json
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';
import { Stage } from './join/measure.mjs';
import { printFirstFrames, printJoins, printListeners, printProfiles } from './join/table.mjs';

const { values: flags } = parseArgs({
  options: {
    builds: { type: 'string', default: 'dist' },
    only: { type: 'string', default: 'join,first-frame,listener' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const parts = flags.only.split(',');
const rounds = Number(flags.rounds);
const builds = flags.builds.split(',').map((name) => {
  const [folder, mode] = name.split(':');
  return { name, joiner: [resolve(root, folder), ...(mode === undefined ? [] : [mode])] };
});
const crowd = { together: 20, apart: 6 };

await installNodeModules();
await build();
const stage = new Stage();
const results = {};

/** @returns for each build the results of `measure`, one a round; builds take turns */
async function inTurns(measure) {
  const found = builds.map(({ name }) => ({ name, rounds: [] }));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [...builds.keys()] : [...builds.keys()].toReversed();
    for (const index of order) found[index].rounds.push(await measure(builds[index].joiner));
  }
  return found;
}

try {
  await stage.open(['r0', 'r1', 'r2']);
  if (parts.includes('join')) {
    results.joins = await inTurns((joiner) => stage.joins(joiner, crowd));
    if (!flags.json) printJoins(results.joins, crowd);
    results.profiles = [];
    for (const { name, joiner } of builds)
      results.profiles.push({ name, ...(await stage.joins(joiner, { ...crowd, isProfiled: true })) });
    if (!flags.json) printProfiles(results.profiles);
  }
  if (parts.includes('first-frame')) {
    results.firstFrames = {};
    for (const kind of ['audio', 'video'])
      results.firstFrames[kind] = await inTurns((joiner) => stage.firstFrame(joiner, kind));
    if (!flags.json) printFirstFrames(results.firstFrames);
  }
  if (parts.includes('listener')) {
    results.listeners = await inTurns((joiner) => stage.listener(joiner, 5));
    if (!flags.json) printListeners(results.listeners);
  }
} finally {
  await stage.close();
}
if (flags.json) console.log(JSON.stringify(results));
