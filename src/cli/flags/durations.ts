/** Durations as people write them, in the form of Go's `time.ParseDuration`: `30s`, `1h30m`, `1.5m`, `500ms`. */
import { UsageError } from '../../base/errors.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The longest delay that Node's timers keep; a longer one fires at once. */
const longest = 2 ** 31 - 1;

/**
 * @returns ms; undefined for `none`
 * @throws UsageError `duration-invalid`
 */
export function parseDuration(text: string): number | undefined {
  if (text === 'none') return undefined;
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
  if (sum > longest) {
    throw new UsageError(`${text} is too long: at most 24 days can be counted; "none" sets no limit`, {
      code: 'duration-invalid',
    });
  }
  return sum;
}
