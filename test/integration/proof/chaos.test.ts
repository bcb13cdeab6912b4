/** A minute of `npm run chaos` in two deployments at a time, with faults that are over soon. */
import { expect, it } from 'vitest';
import { Child } from '../../support/child.ts';

it('two participants outlive what is done to them', { timeout: 1_500_000 }, async () => {
  const args = ['proof/chaos.mjs', '--seed', '1', '--minutes', '1', '--longest', '10', '--jobs', '2'];
  await using program = new Child(process.execPath, args);
  const { code } = await program.exited;
  expect(`${program.stderr}\n${program.stdout}\nexit ${code}`).toMatch(/\nexit 0$/);
  expect(program.stderr).toMatch(/^1 \S+ × \w+: in the room after \d+ ms/m);
});
