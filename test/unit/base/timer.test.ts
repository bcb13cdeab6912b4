import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { abortAfter, startInterval, startTimer } from '../../../src/base/timer.ts';

const day = 24 * 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a timer', () => {
  it.each([1, 999, 2 ** 31 - 1])('is due after %i ms, once', (delay) => {
    const run = vi.fn();
    startTimer(delay, run);
    vi.advanceTimersByTime(delay - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    vi.advanceTimersByTime(100 * day);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it.each([2 ** 31, 3e9, 2 ** 32, 1e12])('keeps %d ms, which engines do not', (delay) => {
    const run = vi.fn();
    const wanted = Date.now() + delay;
    startTimer(delay, () => run(Date.now()));
    while (vi.getTimerCount() > 0) vi.advanceTimersToNextTimer();
    expect(run.mock.calls).toEqual([[wanted]]);
  });

  it.each([Number.NaN, -1, -Infinity])('of %d ms is due at once', (delay) => {
    const run = vi.fn();
    startTimer(delay, run);
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('of Infinity never is, and nothing waits for it', () => {
    startTimer(Infinity, () => {});
    startInterval(Infinity, () => {});
    abortAfter(Infinity, () => new Error('never'));
    systemClock.schedule(Infinity, () => {});
    expect(vi.getTimerCount()).toBe(0);
  });

  it('can be cancelled, also when it was armed again', () => {
    const run = vi.fn();
    const cancels = [startTimer(5, run), startTimer(1e12, run), systemClock.schedule(3e9, run)];
    vi.advanceTimersByTime(4);
    cancels[0]?.();
    vi.advanceTimersByTime(30 * day);
    for (const cancel of cancels) cancel();
    expect(vi.getTimerCount()).toBe(0);
    expect(run).not.toHaveBeenCalled();
  });
});

describe('an interval', () => {
  it('comes again until it is ended, from within too', () => {
    const run = vi.fn(() => {
      if (run.mock.calls.length === 3) end();
    });
    const end = startInterval(100, run);
    vi.advanceTimersByTime(1_000);
    expect(run).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('longer than engines keep does not come at once', () => {
    const run = vi.fn();
    const end = startInterval(3e9, run);
    vi.advanceTimersByTime(3e9 - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
    end();
  });

  it.each([0, -5, Number.NaN])('of %d ms is no endless loop', (period) => {
    const run = vi.fn();
    const end = startInterval(period, run);
    vi.advanceTimersByTime(10);
    expect(run).toHaveBeenCalledTimes(10);
    end();
  });
});

describe('abortAfter', () => {
  it('aborts with its reason, unless it is cancelled', () => {
    const reason = new Error('too late');
    const late = abortAfter(10, () => reason);
    const cancelled = abortAfter(10, () => reason);
    cancelled.cancel();
    vi.advanceTimersByTime(10);
    expect([late.signal.reason, cancelled.signal.aborted]).toEqual([reason, false]);
  });
});
