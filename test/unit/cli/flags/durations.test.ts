import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../../src/cli/flags/durations.ts';

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', 1_500],
    ['1m500ms', 60_500],
    ['0s', 0],
    ['1000h', 3_600_000_000],
    ['none', Infinity],
  ])('%s', (text, wanted) => {
    expect(parseDuration(text)).toBe(wanted);
  });

  it.each(['', '5', 's', '-5s', '5 s', '5d', '5s!', '1.s', '1h 30m', 'None'])('refuse %j', (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'duration-invalid' }),
    );
  });
});
