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
