/**
 * npm run chaos: each fault of the sandbox while two participants are idle, chat, whisper, send bridge messages, or media; the deployment and each participant
 * are processes of their own. Afterwards both sides are asked what they saw. Prints a table; exits with 1 when something was wrong, with what everybody had
 * seen in a file.
 *
 *   npm run chaos -- [--seed S] [--minutes M] [--only FAULT]… [--activity ACTIVITY]… [--longest SECONDS]
 *     [--jobs N] [--resumption SECONDS] [--json FILE] [--keep]
 *
 * --longest leaves out faults that take longer; --resumption is how long the server keeps who is lost; --keep writes what everybody saw after each round.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildProof } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    longest: { type: 'string' },
    only: { type: 'string', multiple: true },
    activity: { type: 'string', multiple: true },
    jobs: { type: 'string', default: '2' },
    resumption: { type: 'string', default: '60' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
await installNodeModules();
await buildProof();
const { chaos } = await import('../.cache/proof/proof/chaos/run.js');
const { tableOf } = await import('../.cache/proof/proof/chaos/table.js');

const folder = `${root}.cache/chaos`;
mkdirSync(folder, { recursive: true });
const seed = Number(flags.seed);
let count = 0;
const { results, endings } = await chaos({
  seed,
  time: Number(flags.minutes) * 60_000,
  jobs: Number(flags.jobs),
  ...(flags.longest ? { longest: Number(flags.longest) } : {}),
  ...(flags.only ? { only: flags.only } : {}),
  ...(flags.activity ? { activities: flags.activity } : {}),
  deployment: { resumptionTime: Number(flags.resumption) * 1000 },
  played(result) {
    const { activity, activityBack, evidence, fault, problems, room } = result;
    count += 1;
    const words = `${count} ${fault} × ${activity}: in the room after ${room} ms, ${activity} after ${activityBack} ms`;
    console.error(problems.length === 0 ? words : `${words}\n  WRONG: ${problems.join('\n  ')}`);
    if (!flags.keep && problems.length === 0) return;
    const path = `${folder}/${seed}-${count}-${fault}-${activity}.json`;
    writeFileSync(path, JSON.stringify({ problems, evidence }, undefined, 1));
    console.error(`  what everybody saw: ${path.replace(root, '')}`);
  },
});
if (flags.json)
  writeFileSync(flags.json, JSON.stringify(results.map((result) => ({ ...result, evidence: undefined }))));
console.log(tableOf(results));
for (const ending of endings) console.error(`WRONG: ${ending}`);
process.exitCode = endings.length === 0 && results.every(({ problems }) => problems.length === 0) ? 0 : 1;
