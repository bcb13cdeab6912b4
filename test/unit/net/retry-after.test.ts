import { describe, expect, it } from 'vitest';
import { retryAfter } from '../../../src/net/retry-after.ts';

const now = Date.parse('2026-11-29T15:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['5', 5_000],
    [' 0 ', 0],
    ['Sun, 29 Nov 2026 15:00:30 GMT', 30_000],
    ['Sunday, 29-Nov-26 15:00:30 GMT', 30_000],
    ['Sun Nov 29 15:00:30 2026 GMT', 30_000],
    ['Sun, 29 Nov 2026 14:59:00 GMT', 0],
    // What is neither says nothing.
    ['', undefined],
    ['-1', undefined],
    ['+5', undefined],
    ['1.5', undefined],
    ['5 s', undefined],
    ['60, 60', undefined],
    ['99999999999999', undefined],
    ['soon', undefined],
  ])('%j', (text, expected) => {
    expect(retryAfter({ retryAfter: text, date: undefined }, now)).toBe(expected);
  });

  it('is measured by the clock of the server that tells its time', () => {
    const date = 'Sun, 29 Nov 2026 15:00:10 GMT';
    expect(retryAfter({ retryAfter: 'Sun, 29 Nov 2026 15:00:30 GMT', date }, now)).toBe(20_000);
  });
});
