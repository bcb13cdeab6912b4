/**
 * npm run fuzz: seeded mutations of real input, and worst inputs made on purpose, for everything that reads what comes from outside.
 * Prints a table; exits with 1 when something else than a typed refusal came out, something took too long, or memory grew, and writes the
 * input to a file.
 *
 *   npm run fuzz -- [--target NAME]… [--count N] [--seed S] [--jobs N]
 *   npm run fuzz -- --target NAME --input FILE
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { buildProof } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';
import { runShare } from './fuzz/share.mjs';
import { failuresOf, joinShares, tableOf } from './fuzz/table.mjs';

const { values: flags } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    input: { type: 'string' },
  },
});
const numberOf = (name) => {
  const value = Number(flags[name]);
  if (Number.isSafeInteger(value) && value >= (name === 'seed' ? 0 : 1)) return value;
  console.error(`--${name} ${flags[name]}: a whole number is needed`);
  process.exit(2);
};
const [count, seed, jobs] = ['count', 'seed', 'jobs'].map(numberOf);

await installNodeModules();
await buildProof();
const { targets } = await import('../.cache/proof/proof/fuzz/targets.js');
const names = targets.map(({ name }) => name);
const chosen = flags.target ?? names;
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`--target ${unknown.join(', ')}: there are ${names.join(', ')}`);
  process.exit(2);
}
const folder = `${root}.cache/fuzz`;
mkdirSync(folder, { recursive: true });

if (flags.input !== undefined) {
  for (const target of chosen) await runShare({ target, file: flags.input });
} else await fuzz();

async function fuzz() {
  const rows = [];
  for (const target of chosen) {
    const start = performance.now();
    let done = 0;
    const progress = (inputs) => {
      done += inputs;
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${target} ${done}`);
    };
    const shares = await Promise.all(
      Array.from({ length: jobs }, (_, share) =>
        runShare({ target, seed, count, share, of: jobs }, { progress, folder }),
      ),
    );
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    rows.push({ target, seconds: (performance.now() - start) / 1000, ...joinShares(shares) });
    console.log(tableOf(rows.slice(-1), rows.length === 1));
  }
  const failures = rows.flatMap(failuresOf);
  for (const { target, batch, text, input } of failures) {
    console.error(`\n${target}: ${text}`);
    if (input === undefined) continue;
    const path = `${folder}/${target}-${seed}-${batch}`;
    writeFileSync(path, input);
    console.error(
      `seed ${seed}, batch ${batch}; the input, as small as it was found: ${path.replace(root, '')} (${readFileSync(path).length} bytes)\n` +
        `again: npm run fuzz -- --target ${target} --input ${path.replace(root, '')}`,
    );
  }
  process.exitCode = failures.length === 0 ? 0 : 1;
}
