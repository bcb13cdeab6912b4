import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../../src/client/media/timeline.ts';

describe('a timeline', () => {
  it('follows the sender’s clock from the first arrival, also over a wrap and backwards', () => {
    const timeline = new Timeline();
    expect(timeline.timeOf(2 ** 32 - 9_000, 90_000, 1_000)).toBe(1_000);
    expect(timeline.timeOf(2 ** 32 - 6_000, 90_000, 1_090)).toBeCloseTo(1_033.33, 1);
    expect(timeline.timeOf(3_000, 90_000, 1_140)).toBeCloseTo(1_133.33, 1);
    expect(timeline.timeOf(0, 90_000, 1_141)).toBe(1_100);
  });

  it('goes on with the arrivals when the sender’s clock has jumped', () => {
    const timeline = new Timeline();
    timeline.timeOf(0, 48_000, 1_000);
    expect(timeline.timeOf(48_000 * 60, 48_000, 1_020)).toBe(1_020);
    expect(timeline.timeOf(48_000 * 60 + 960, 48_000, 1_099)).toBe(1_040);
  });

  it('begins anew with another stream', () => {
    const timeline = new Timeline();
    timeline.timeOf(0, 90_000, 1_000);
    timeline.restart();
    expect(timeline.timeOf(123_456, 90_000, 4_000)).toBe(4_000);
    expect(timeline.timeOf(123_456 + 90_000, 90_000, 4_500)).toBe(5_000);
  });
});
