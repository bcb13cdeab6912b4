/**
 * npm run soak: two participants stay in a room of the sandbox for minutes while others come and go, sessions are moved, channels and
 * connections cut, servers restarted; the clients and the deployment are two processes. What both hold (heap, resident memory, handles,
 * sockets) is plotted to a page, and has to stay as it was once everything was warm. Exits with 1 when it does not, or when anybody does not
 * hear the others again.
 *
 *   npm run soak -- [--minutes M] [--visits N] [--together N] [--seed S] [--report FILE] [--short]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildProof } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    visits: { type: 'string', default: '0' },
    together: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    report: { type: 'string', default: `${root}.cache/soak.html` },
    // Too short for everything to be warm: only what is certain is judged.
    short: { type: 'boolean', default: false },
  },
});
const numberOf = (name) => {
  const value = Number(flags[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`--${name} ${flags[name]}: a number is needed`);
  process.exit(2);
};
const [minutes, visits, seed] = ['minutes', 'visits', 'seed'].map(numberOf);
const together = Math.max(1, numberOf('together'));
/** Samples that quarters can be made of. */
const leastSamples = 16;

await installNodeModules();
await buildProof();
const { soak } = await import('../.cache/proof/proof/soak/soak.js');
const { boundsOf, failuresOf, verdictsOf } = await import('../.cache/proof/proof/soak/verdict.js');
const { handlesText, soakPage, verdictText } = await import('../.cache/proof/proof/soak/report.js');

const result = await soak({
  time: minutes * 60_000,
  visits: Math.max(visits, leastSamples * together),
  seed,
  together,
  progress: (line) => console.log(line),
});
const bounds = boundsOf(flags.short);
const verdicts = verdictsOf(result.samples, bounds);
mkdirSync(`${root}.cache`, { recursive: true });
writeFileSync(flags.report, soakPage(result, verdicts, new Date()));

const { faults, idle, unconfirmed } = result;
console.log(`\n${result.visits} visits in ${(result.seconds / 60).toFixed(1)} minutes, seed ${seed}`);
console.log(
  `faults: ${
    Object.entries(faults)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none'
  }`,
);
console.log(`chat lines on their way when a connection broke, said again: ${unconfirmed}`);
for (const verdict of verdicts) console.log(verdictText(verdict));
for (const [side, { before, after }] of Object.entries(idle))
  console.log(
    `${side} without anybody: handles ${handlesText(before.handles)} before, ${handlesText(after.handles)} after`,
  );
console.log(`page: ${flags.report.replace(root, '')}`);
const failures = failuresOf(verdicts, idle);
for (const failure of failures) console.error(`failed: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
