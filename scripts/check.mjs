/**
 * npm run check: everything that needs no server or browser. The steps run side by side; what a failed one wrote is shown.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { installNodeModules } from './lib/install.mjs';
import { bin, capture } from './lib/run.mjs';

const steps = {
  format: () => tool('biome', ['format', '.']),
  lint: () => tool('oxlint', ['--deny-warnings']),
  types: () => tool('tsc', ['-p', 'tsconfig.json']),
  // The property tests, which try thousands of inputs, are left to `npm test`.
  'unit tests': () =>
    tool('vitest', [
      'run',
      '--project=unit',
      '--exclude=test/property/**',
      '--reporter=dot',
      '--maxWorkers=100%',
    ]),
  'unused code': () => tool('knip', []),
  package: checkPackage,
};

async function checkPackage() {
  await build();
  const directory = mkdtempSync(join(tmpdir(), 'jitsi-headless-'));
  try {
    await expectSuccess('npm', ['pack', '--pack-destination', directory]);
    const tarball = join(directory, readdirSync(directory)[0]);
    await Promise.all([
      tool('publint', ['run', tarball, '--strict']),
      tool('attw', [tarball, '--profile', 'esm-only']),
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const tool = (name, args) => expectSuccess(bin(name), args);

async function expectSuccess(command, args) {
  const { status, output } = await capture(command, args);
  if (status !== 0) throw new Error(`${output}\n${[command, ...args].join(' ')} failed (${status})`);
}

await installNodeModules();
const failed = [];
await Promise.all(
  Object.entries(steps).map(async ([name, step]) => {
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    try {
      await step();
      console.log(`ok      ${name} (${seconds()})`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED  ${name} (${seconds()})\n${error.message}\n`);
    }
  }),
);
console.log(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
