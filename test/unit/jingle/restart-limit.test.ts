import { describe, expect, it } from 'vitest';
import { RestartLimit } from '../../../src/jingle/restart-limit.ts';

describe('restarts', () => {
  it('are 5 s apart', () => {
    const limit = new RestartLimit();
    expect(limit.wait(1_000)).toBe(0);
    limit.requested(1_000);
    expect(limit.wait(1_000)).toBe(5_000);
    expect(limit.wait(5_999)).toBe(1);
    expect(limit.wait(6_000)).toBe(0);
  });

  it('count from the answer: the focus counted them by then, not when they were sent', () => {
    const limit = new RestartLimit();
    limit.answered(500);
    limit.requested(1_000);
    limit.answered(3_000);
    expect(limit.wait(6_000)).toBe(2_000);
  });

  it('are 4 a minute, one less than the focus takes', () => {
    const limit = new RestartLimit();
    for (const at of [0, 6_000, 12_000, 18_000]) {
      expect(limit.wait(at)).toBe(0);
      limit.requested(at);
    }
    expect(limit.wait(30_000)).toBe(30_001);
    expect(limit.wait(60_001)).toBe(0);
    limit.requested(60_001);
    // The one at 6 s is in the way now.
    expect(limit.wait(65_001)).toBe(1_000);
  });
});
