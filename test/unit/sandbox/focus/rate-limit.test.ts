import { expect, it } from 'vitest';
import { RateLimit } from '../../../../src/sandbox/focus/requests/rate-limit.ts';

it('wants 5 s between requests', () => {
  const limit = new RateLimit();
  expect([0, 4999, 5000].map((time) => limit.accept(time))).toEqual([true, false, true]);
});

it('does not count what it refused', () => {
  const limit = new RateLimit();
  expect([0, 3000, 6000].map((time) => limit.accept(time))).toEqual([true, false, true]);
});

it('wants at most 5 in a minute', () => {
  const limit = new RateLimit();
  const times = [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_001];
  expect(times.map((time) => limit.accept(time))).toEqual([true, true, true, true, true, false, true]);
});
