import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

it('the fuzzer counts what two processes read, and says what they refused', async () => {
  const args = ['proof/fuzz.mjs', '--target', 'ivf', '--target', 'bridge', '--count', '4000', '--jobs', '2'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 600_000 });
  expect(stdout).toMatch(/^\| ivf \| 400\d \| \d{2,} \| container-unknown \d+/m);
  expect(stdout).toMatch(/^\| bridge \| 40\d\d \| \d{2,} \| bridge-message-not-json \d+/m);
}, 700_000);

it('a target that does not exist is said, with those that do', async () => {
  const run = promisify(execFile)(process.execPath, ['proof/fuzz.mjs', '--target', 'x'], { cwd: root });
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('xml, jingle') as string,
  });
}, 600_000);
