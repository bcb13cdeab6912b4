/**
 * npm test: installs what is missing on this machine, builds, runs every test. The last line is
 * `N passed, N failed, N skipped`. Arguments go to vitest.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { build } from './lib/build.mjs';
import { installDebianPackages, installLibJitsiMeet, installNodeModules } from './lib/install.mjs';
import { bin, root, run } from './lib/run.mjs';

const resultPath = `${root}.cache/test-results.json`;

/** Whatever is wrong counts as a failed test, also where no test could say so. */
let problem;
try {
  rmSync(resultPath, { force: true });
  await installNodeModules();
  await installDebianPackages({
    prosody: '/usr/bin/prosody',
    chromium: '/usr/bin/chromium',
    coturn: '/usr/bin/turnserver',
  });
  await installLibJitsiMeet();
  await build();
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultPath}`];
  // A test that loops for ever must not cost the whole of CI's time.
  const timeout = 30 * 60_000;
  await run(bin('vitest'), ['run', ...reporters, ...process.argv.slice(2)], { timeout });
} catch (error) {
  problem = error.message;
}

const result = existsSync(resultPath) ? JSON.parse(readFileSync(resultPath, 'utf8')) : {};
const { numPassedTests: passed = 0, numPendingTests = 0, numTodoTests = 0 } = result;
let { numFailedTests: failed = 0 } = result;
if (passed + failed === 0) problem ??= 'no test was executed';
if (problem !== undefined) {
  failed = Math.max(failed, 1);
  console.log(problem);
  process.exitCode = 1;
}
console.log(`${passed} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`);
