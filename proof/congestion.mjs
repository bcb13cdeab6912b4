/**
 * What our sending side makes of the links of RFC 8867, in virtual time. Prints a table and draws the curves; exits with 1 when much of a link is left empty, or its queue is long.
 *
 *   node proof/congestion.mjs [--directory DIR]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildProof } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';

const { values: flags } = parseArgs({
  options: { directory: { type: 'string', default: `${root}.cache/congestion` } },
});

await installNodeModules();
await buildProof();
const { runScenarios } = await import('../.cache/proof/proof/congestion/run.js');
mkdirSync(flags.directory, { recursive: true });
for (const { line, name, picture, problem } of runScenarios()) {
  console.log(line);
  writeFileSync(`${flags.directory}/${name}.svg`, picture);
  if (problem === undefined) continue;
  console.error('WRONG: less than half of it used, or a wait of more than 150 ms');
  process.exitCode = 1;
}
console.log(`The curves: ${flags.directory}`);
