/** A short `npm run witness`: what was said and shown is recorded and heard elsewhere, over a cut network, a moved bridge and SIGKILL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Child } from '../../support/child.ts';

it('what was said and shown is recorded and heard, whole and in its time', { timeout: 900_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'witness-'));
  try {
    await using program = new Child(process.execPath, [
      'proof/witness.mjs',
      '--short',
      '--directory',
      directory,
    ]);
    const { code } = await program.exited;
    console.log(program.stdout);
    expect(`${program.stderr}\n${program.stdout}\nexit ${code}`).toMatch(/\nexit 0$/);
    const rows = (what: RegExp): number => program.stdout.match(what)?.length ?? 0;
    // Each robot's sound with some hundred packets, none of anybody else; and pictures in each codec.
    expect(rows(/^\| robot-\d \| \d+ \| \d{3,} \| 0 \| \d+ \| 0 \|/gm)).toBe(3);
    expect(rows(/^\| (h264|av1|vp9|vp8) \| mp4 \| \d{2,} \|/gm)).toBe(4);
    expect(program.stdout).toMatch(/gaps of \d+ sources.*before SIGKILL/);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

it('a scene that does not exist is said, with those that do', { timeout: 600_000 }, async () => {
  await using program = new Child(process.execPath, ['proof/witness.mjs', '--only', 'nothing']);
  expect((await program.exited).code).toBe(2);
  expect(program.stderr).toContain('there are recorded, cut, moved, killed, film, play, say');
});
