import { expect, it } from 'vitest';
import { lineLogger } from '../../../src/base/logger.ts';
import { guard, guardedClock } from '../../../src/sandbox/guard.ts';
import { ManualClock } from '../../support/manual-clock.ts';

it('logs what is thrown, tells whoever called, and throws nothing', () => {
  const lines: string[] = [];
  const failed: number[] = [];
  const guarded = guard(
    lineLogger((line) => lines.push(line), 'error'),
    'a thing',
    (value: number) => {
      if (value > 1) throw new Error('broken');
    },
    (value) => failed.push(value),
  );
  guarded(1);
  guarded(2);
  expect(failed).toEqual([2]);
  expect(lines).toEqual([
    expect.stringMatching(/^error a mistake of the sandbox: a thing error=broken stack=/),
  ]);
});

it('keeps timers from throwing, too', () => {
  const clock = new ManualClock();
  const lines: string[] = [];
  const guarded = guardedClock(
    clock,
    lineLogger((line) => lines.push(line), 'error'),
  );
  const later: string[] = [];
  guarded.schedule(10, () => {
    throw new Error('broken');
  });
  guarded.schedule(20, () => later.push('runs'));
  const cancel = guarded.schedule(15, () => later.push('was cancelled'));
  cancel();
  clock.advance(30);
  expect(later).toEqual(['runs']);
  expect(lines).toHaveLength(1);
});
