/** Every example runs against a deployment of its own and checks what it did. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.mjs'));

it('there are examples', () => {
  expect(examples.length).toBeGreaterThan(0);
});

it.each(examples)('%s', async (name) => {
  const { stderr } = await run(process.execPath, [join('examples', name)], { cwd: root, timeout: 120_000 });
  expect(stderr).toBe('');
});

it('test-your-bot, in a run of vitest of its own', async () => {
  // What this run tells its own processes is not for that one.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV$)/.test(name)),
  );
  const vitest = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--no-cache',
    '--root',
    'examples/test-your-bot',
  ];
  const { stdout, stderr } = await run(process.execPath, [...vitest, '--reporter', 'json'], {
    cwd: root,
    env,
    timeout: 200_000,
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ success: true, numPassedTests: 3 });
}, 240_000);
