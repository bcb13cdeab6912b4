import { describe, expect, it } from 'vitest';
import { SentSizes } from '../../../../src/client/bridge/sent-sizes.ts';

describe('messages that wait', () => {
  it('are those that make up the bytes that do', () => {
    const sizes = new SentSizes();
    sizes.sent(100, 100);
    sizes.sent(50, 150);
    sizes.sent(10, 160);
    expect([160, 100, 60, 11, 10, 1, 0].map((waiting) => sizes.count(waiting))).toEqual([
      3, 3, 2, 2, 1, 1, 0,
    ]);
    sizes.sent(7, 0);
    expect(sizes.count(7)).toBe(0);
  });

  it('are counted in bounded memory, however long the queue is never empty', () => {
    const sizes = new SentSizes();
    for (let sent = 0; sent < 100_000; sent += 1) sizes.sent(10, 1_000);
    expect(sizes.count(1_000)).toBe(100);
    expect(sizes.count(Number.POSITIVE_INFINITY)).toBeLessThan(3_000);
  });
});
