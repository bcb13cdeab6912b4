import { beforeEach, expect, it } from 'vitest';
import { lineLogger, type Logger } from '../../../src/base/logger.ts';
import { limitedLogger } from '../../../src/sandbox/limited-logger.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let clock: ManualClock;
let lines: string[];
let logger: Logger;

beforeEach(() => {
  clock = new ManualClock();
  lines = [];
  logger = limitedLogger(
    lineLogger((line) => lines.push(line), 'debug'),
    clock,
  );
});

it('passes five of a kind on in ten seconds, and counts the rest', () => {
  const child = logger.child({ part: 'bridge' });
  for (let index = 0; index < 500; index += 1) child.log('warn', 'dropped', { index });
  expect(lines).toEqual([0, 1, 2, 3, 4].map((index) => `warn dropped part=bridge index=${index}`));
  clock.advance(10_000);
  child.log('warn', 'dropped');
  child.log('warn', 'dropped');
  expect(lines.slice(5)).toEqual(['warn dropped part=bridge untold=495', 'warn dropped part=bridge']);
});

it('keeps kinds apart, and leaves the rest of the log alone', () => {
  for (let index = 0; index < 20; index += 1) {
    logger.log('warn', 'one');
    logger.child({ x: 1 }).log('warn', 'one');
    logger.log('error', 'other');
    logger.log('info', 'more');
  }
  const count = (text: string): number => lines.filter((line) => line.includes(text)).length;
  expect([count('one'), count('other'), count('more')]).toEqual([5, 5, 20]);
});
