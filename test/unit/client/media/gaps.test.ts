import { describe, expect, it } from 'vitest';
import { Gaps } from '../../../../src/client/media/gaps.ts';

describe('gaps', () => {
  it('are from the last packet before something was away to the first after', () => {
    const gaps = new Gaps();
    gaps.away();
    gaps.packet(0);
    for (const at of [20, 40, 5_000]) gaps.packet(at);
    expect(gaps.figures).toEqual({ gaps: 0 });
    gaps.away();
    gaps.away();
    gaps.packet(6_300.4);
    expect(gaps.figures).toEqual({ gaps: 1, lastGap: 1_300, longestGap: 1_300 });
    gaps.packet(6_400);
    gaps.away();
    gaps.packet(6_700);
    expect(gaps.figures).toEqual({ gaps: 2, lastGap: 300, longestGap: 1_300 });
  });

  it('are not what nobody notices, and not what was muted', () => {
    const gaps = new Gaps();
    gaps.packet(0);
    gaps.away();
    gaps.packet(199);
    gaps.away();
    gaps.pause();
    gaps.packet(60_000);
    gaps.packet(60_020);
    expect(gaps.figures).toEqual({ gaps: 0 });
  });
});
