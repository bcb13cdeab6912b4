/** The last line of `npm test`, when it ends by itself and when somebody ends it. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Program } from '../support/process.ts';

const root = join(import.meta.dirname, '../..');
const config = 'test/fixtures/test-runner/vitest.config.ts';

function run(...args: string[]): Program {
  return new Program(process.execPath, ['scripts/test.mjs', '--config', config, ...args], { cwd: root });
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  'counts what was done until %s, and names what was not',
  async (signal) => {
    await using program = run();
    await program.waitForLine(/it has begun/);
    program.process.kill(signal);
    expect(await program.waitForExit()).toEqual({ code: 1, signal: null });
    expect(program.lines.slice(-3)).toEqual([
      `interrupted by ${signal}`,
      'had not ended: some.fixture.ts > a group > never ends',
      '1 passed, 2 failed, 1 skipped',
    ]);
  },
);

it('counts what has passed and failed', async () => {
  await using program = run('--testNamePattern', 'passes|fails');
  expect((await program.waitForExit()).code).toBe(1);
  expect(program.lines.at(-1)).toMatch(/^1 passed, 1 failed, \d skipped$/);
});

it('does not call it a success when nothing was run', async () => {
  await using program = run('no-such-file');
  expect((await program.waitForExit()).code).toBe(1);
  expect(program.lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
});
