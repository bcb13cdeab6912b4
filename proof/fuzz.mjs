/**
 * npm run fuzz: seeded mutations of real input, and worst inputs made on purpose, for everything that reads what comes from outside.
 * Prints a table; exits with 1 when something else than a typed refusal came out, something took too long, or memory grew, and writes the
 * input to a file.
 *
 *   npm run fuzz -- [--target NAME]… [--count N] [--seed S] [--jobs N]
 *   npm run fuzz -- --target NAME --input FILE
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { buildProof } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';

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
const { readFile, targets } = await import('../.cache/proof/proof/fuzz/targets.js');
const { runShare } = await import('../.cache/proof/proof/fuzz/share.js');
const { failuresOf, rowOf, tableOf } = await import('../.cache/proof/proof/fuzz/table.js');
const names = targets.map(({ name }) => name);
const chosen = flags.target ?? names;
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`--target ${unknown.join(', ')}: there are ${names.join(', ')}`);
  process.exit(2);
}
const interrupted = new AbortController();
const folder = `${root}.cache/fuzz`;
mkdirSync(folder, { recursive: true });

if (flags.input !== undefined) for (const target of chosen) console.log(await readFile(target, flags.input));
else await fuzz();

/** Ctrl-C ends it with what was found so far, a second one at once. */
async function fuzz() {
  process.once('SIGINT', () => interrupted.abort());
  for (const [index, target] of chosen.entries()) {
    if (interrupted.signal.aborted) break;
    const row = await runTarget(target);
    console.log(tableOf([row], index === 0));
    for (const failure of failuresOf(row)) report(target, failure);
  }
}

async function runTarget(target) {
  const start = performance.now();
  let done = 0;
  const isWatched = process.stderr.isTTY;
  const progress = (inputs) => {
    done += inputs;
    if (isWatched) process.stderr.write(`\r\x1b[K${target} ${done}`);
  };
  const shares = Array.from({ length: jobs }, (_, share) =>
    runShare({ target, seed, count, share, of: jobs }, { progress, folder, signal: interrupted.signal }),
  );
  const results = await Promise.all(shares);
  if (isWatched) process.stderr.write('\r\x1b[K');
  return rowOf(target, (performance.now() - start) / 1000, results);
}

function report(target, { batch, error, input }) {
  process.exitCode = 1;
  console.error(`\n${target}: ${error}`);
  if (batch !== undefined) console.error(`seed ${seed}, batch ${batch}`);
  if (input === undefined) return;
  const path = `${folder}/${target}-${seed}-${batch}`;
  writeFileSync(path, input);
  const shown = path.replace(root, '');
  console.error(
    `the input, as small as it could be made: ${shown}\nagain: npm run fuzz -- --target ${target} --input ${shown}`,
  );
}
