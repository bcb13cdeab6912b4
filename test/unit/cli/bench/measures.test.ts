import { describe, expect, it } from 'vitest';
import { ClockEstimate } from '../../../../src/cli/bench/measuring/clock-estimate.ts';
import { LatencyHistogram } from '../../../../src/cli/bench/measuring/latency.ts';
import { searchHighestRate, type Step } from '../../../../src/cli/bench/search.ts';
import { difference, mbps, sumOf } from '../../../../src/cli/bench/measuring/tally.ts';

describe('percentiles', () => {
  it('are within one percent', () => {
    const histogram = new LatencyHistogram();
    for (let ms = 1; ms <= 1000; ms += 1) histogram.add(ms);
    const { p50 = 0, p90 = 0, p99 = 0, max } = histogram.percentiles() ?? {};
    expect(p50 / 500).toBeCloseTo(1, 1);
    expect(Math.abs(p50 - 500)).toBeLessThan(8);
    expect(Math.abs(p90 - 900)).toBeLessThan(12);
    expect(Math.abs(p99 - 990)).toBeLessThan(12);
    expect(max).toBe(1000);
  });

  it('have no value without any, and never exceed the greatest', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.percentiles()).toBeUndefined();
    histogram.add(0);
    expect(histogram.percentiles()).toEqual({ p50: 0, p90: 0, p99: 0, max: 0 });
    histogram.add(1e12);
    expect(histogram.percentiles()?.max).toBe(1e12);
  });

  it('can be put together, and begun anew', () => {
    const [all, second] = [new LatencyHistogram(), new LatencyHistogram()];
    for (const ms of [1, 2, 3]) second.add(ms);
    all.merge(second);
    second.clear();
    second.add(50);
    all.merge(second);
    expect(all.count).toBe(4);
    expect(all.percentiles()?.max).toBe(50);
    expect(second.percentiles()?.p50).toBe(50);
  });
});

describe('the estimate of a clock', () => {
  it('believes the quickest answer', () => {
    const clock = new ClockEstimate();
    expect(clock.isKnown).toBe(false);
    clock.add(1000, 6100, 1400);
    clock.add(2000, 7003, 2004);
    clock.add(3000, 8900, 3900);
    expect(clock).toMatchObject({ isKnown: true, isShared: false, offset: 5001, error: 2 });
  });

  it('takes a difference that may be none for none', () => {
    const clock = new ClockEstimate();
    clock.add(1000, 1001.9, 1004);
    expect(clock).toMatchObject({ isKnown: true, isShared: true, offset: 0, error: 0 });
  });
});

describe('counts', () => {
  const counts = { messages: 5, bytes: 500, lost: 2, duplicated: 1, reordered: 0 };

  it('add up, and a late message makes nothing negative', () => {
    expect(sumOf([])).toMatchObject({ messages: 0, lost: 0 });
    expect(sumOf([counts, counts])).toEqual({
      messages: 10,
      bytes: 1000,
      lost: 4,
      duplicated: 2,
      reordered: 0,
    });
    expect(difference({ ...counts, messages: 6, lost: 1 }, counts)).toEqual({
      messages: 1,
      bytes: 0,
      lost: 0,
      duplicated: 0,
      reordered: 0,
    });
  });

  it('become a rate', () => {
    expect(mbps(1_000_000, 4)).toBe(2);
    expect(mbps(1, 0)).toBe(0);
  });
});

describe('the search for the highest rate', () => {
  /** A channel that passes so much, and a sender that can send so much. */
  async function found(
    passes: number,
    sends: number,
  ): Promise<{ mbps: number; limit: string; tries: number }> {
    let tries = 0;
    const measure = (tried: number): Promise<Step> => {
      tries += 1;
      const sent = Math.min(tried, sends);
      return Promise.resolve({ tried, sent, lost: sent > passes ? 100 : 0 });
    };
    return { ...(await searchHighestRate(measure, 10)), tries };
  }

  it.each([262, 6, 0.5, 1000])('finds %d Mbit/s', async (limit) => {
    const { mbps: rate, limit: why, tries } = await found(limit, 1e6);
    expect(why).toBe('loss');
    expect(rate).toBeLessThanOrEqual(limit);
    expect(rate).toBeGreaterThan(limit / 1.11);
    expect(tries).toBeLessThan(20);
  });

  it('says so when the channel takes no more', async () => {
    expect(await found(1e6, 600)).toMatchObject({ mbps: 600, limit: 'sending' });
  });

  it('says so when nothing gets through', async () => {
    expect(await found(0, 1000)).toMatchObject({ mbps: 0, limit: 'loss' });
  });

  it('does not believe in luck', async () => {
    const measure = (tried: number, isLong: boolean): Promise<Step> =>
      Promise.resolve({ tried, sent: tried, lost: tried > (isLong ? 90 : 100) ? 1 : 0 });
    const { mbps: rate } = await searchHighestRate(measure, 10);
    expect(rate).toBeLessThanOrEqual(90);
    expect(rate).toBeGreaterThan(75);
  });
});
