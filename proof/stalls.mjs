/**
 * What a bridge's estimator, as a model in virtual time, makes of a participant whose owner's code blocks the event loop twice a second. Prints a table, writes a page and a
 * picture of the curves; exits with 1 when a thread of its own does not have what an undisturbed participant has.
 *
 *   node proof/stalls.mjs [--seconds N] [--seeds N] [--directory DIR]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildProof } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seeds: { type: 'string', default: '10' },
    directory: { type: 'string', default: `${root}.cache/stalls` },
  },
});

await installNodeModules();
await buildProof();
const { compareStalls } = await import('../.cache/proof/proof/stalls/run.js');
const { page, picture, problems, text } = compareStalls({
  seconds: Number(flags.seconds),
  seeds: Number(flags.seeds),
});
console.log(text);
mkdirSync(flags.directory, { recursive: true });
writeFileSync(`${flags.directory}/stalls.html`, page);
writeFileSync(`${flags.directory}/estimate-under-stalls.svg`, picture);
console.log(`\nThe curves: ${flags.directory}/stalls.html`);
for (const problem of problems) console.error(`WRONG: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
