/** A model of a bridge's estimator, in virtual time: what it believes of a participant whose owner computes for a while twice a second. */
import { describe, expect, it } from 'vitest';
import { meanEstimate, type Reading, type StallRun, stallRun } from '../../support/stalls/stall-run.ts';

const duration = 30;
/** s: the first probes of a bridge may hit a stall or not */
const settled = 5;
const seeds = [1, 2];
const known = new Map<string, StallRun[]>();

function runs(reading: Reading, stall: number): StallRun[] {
  const name = `${reading} ${stall}`;
  const results = known.get(name) ?? seeds.map((seed) => stallRun({ reading, stall, duration, seed }));
  known.set(name, results);
  return results;
}

const estimate = (results: readonly StallRun[]): number =>
  results.reduce((sum, result) => sum + meanEstimate(result, settled), 0) / results.length;
const secondsWithoutAll = (results: readonly StallRun[]): number =>
  results.flatMap(({ videos }) => videos).filter((videos) => videos < 2).length;

const undisturbed = runs('as read', 0);

describe('what a bridge estimates', () => {
  it('of a participant that is not disturbed is all that it would ever send', () => {
    expect(estimate(undisturbed)).toBeGreaterThan(15_000_000);
    expect(secondsWithoutAll(undisturbed)).toBe(0);
  });

  it.each([100, 200])(
    'falls with the owner computing for %i ms, when arrivals are told as they are read',
    (stall) => {
      const results = runs('as read', stall);
      expect(estimate(results)).toBeLessThan(0.4 * estimate(undisturbed));
      expect(secondsWithoutAll(results)).toBeGreaterThan(duration / 4);
    },
  );

  it('is hardly less with 100 ms, when what is read late is spread over them', () => {
    const results = runs('spread', 100);
    expect(estimate(results)).toBeGreaterThan(0.8 * estimate(undisturbed));
    expect(secondsWithoutAll(results)).toBe(0);
  });

  it('is between the two with 200 ms', () => {
    const spread = estimate(runs('spread', 200));
    expect(spread).toBeGreaterThan(1.3 * estimate(runs('as read', 200)));
    expect(spread).toBeLessThan(0.9 * estimate(undisturbed));
  });

  it.each([100, 200])('is the same with %i ms, when a thread reads', (stall) => {
    const results = runs('thread', stall);
    expect(Math.abs(estimate(results) / estimate(undisturbed) - 1)).toBeLessThan(0.1);
    expect(secondsWithoutAll(results)).toBe(0);
    for (const { delivered, sent } of results) {
      expect(sent).toBeGreaterThan(4_000);
      expect(delivered).toBe(sent);
    }
  });

  it.each(['as read', 'spread', 'thread'] as const)('is no more than the way carries (%s)', (reading) => {
    const capacity = 3_000_000;
    const [result] = [stallRun({ reading, stall: reading === 'as read' ? 0 : 100, capacity, duration })];
    const highest = Math.max(...result.estimates.slice(settled));
    expect(highest).toBeLessThan(1.15 * capacity);
    expect(meanEstimate(result, settled)).toBeGreaterThan(0.2 * capacity);
  });
});
