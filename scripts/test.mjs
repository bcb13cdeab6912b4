/**
 * npm test: installs what is missing on this machine and runs every test; vitest.config.ts builds what they need. The last line is
 * `N passed, N failed, N skipped`, whatever ends it. Arguments go to vitest.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { installDebianPackages, installLibJitsiMeet, installNodeModules } from './lib/install.mjs';
import { bin, root, Running } from './lib/run.mjs';
import { conclusion, summarize } from './lib/test-summary.mjs';

const progress = `${root}.cache/test-progress-${process.pid}.jsonl`;
/** ms. A test that loops for ever must not cost the whole of CI's time, which is 90 minutes; the slowest machine that was seen took 40. */
const limit = 75 * 60_000;

let problem;
let vitest;
const end = (why) => {
  problem ??= why;
  vitest?.end();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    end(`interrupted by ${signal}`);
    // While something is installed there are no tests to be ended.
    if (!vitest) finish();
  });
}
try {
  mkdirSync(`${root}.cache`, { recursive: true });
  await installNodeModules();
  await installDebianPackages({
    prosody: '/usr/bin/prosody',
    chromium: '/usr/bin/chromium',
    coturn: '/usr/bin/turnserver',
    ffmpeg: '/usr/bin/ffmpeg',
  });
  await installLibJitsiMeet();
  const args = ['run', '--reporter=default', '--reporter=scripts/lib/test-progress.mjs'];
  vitest = new Running(bin('vitest'), [...args, ...process.argv.slice(2)], { TEST_PROGRESS: progress });
  const timer = setTimeout(() => end(`ended after ${limit / 60_000} minutes, the limit of a run`), limit);
  try {
    await vitest.success;
  } finally {
    clearTimeout(timer);
  }
} catch (error) {
  problem ??= error.message;
}
finish();

function finish() {
  const summary = summarize(existsSync(progress) ? readFileSync(progress, 'utf8') : '');
  const { lines, exitCode } = conclusion(summary, problem);
  rmSync(progress, { force: true });
  for (const line of lines) console.log(line);
  process.exit(exitCode);
}
