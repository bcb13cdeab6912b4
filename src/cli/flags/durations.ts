/** Durations as people write them, in the form of Go's `time.ParseDuration`: `30s`, `1h30m`, `1.5m`, `500ms`. */
import { UsageError } from '../../base/errors.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * @returns ms; Infinity for `none`: undefined is a flag that was not given, and has other meanings
 * @throws UsageError `duration-invalid`
 */
export function parseDuration(text: string): number {
  if (text === 'none') return Infinity;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) {
    throw new UsageError(
      `${JSON.stringify(text)} is no duration: write it like 30s, 5m, 1h30m, 500ms or none`,
      {
        code: 'duration-invalid',
      },
    );
  }
  let sum = 0;
  for (const [, number = '', unit = ''] of text.matchAll(/([\d.]+)(ms|s|m|h)/g))
    sum += Number(number) * (units[unit] ?? 0);
  return sum;
}
