/** `--rate` of what takes or gives samples. */
import { UsageError } from '../../base/errors.ts';
import type { Kind } from '../../client/check-arguments.ts';
import { checked } from './join-flags.ts';

/** @param kind which rates there are @returns reads one */
export function sampleRate({ fits, words }: Kind): (text: string) => number {
  return (text) =>
    checked(() => {
      if (/^\d{4,6}$/.test(text) && fits(Number(text))) return Number(text);
      throw new UsageError(`${words} is expected, as in 24000`, { code: 'sample-rate-invalid' });
    });
}
