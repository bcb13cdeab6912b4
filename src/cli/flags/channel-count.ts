/** `--channels` of what takes or gives samples. */
import { UsageError } from '../../base/errors.ts';
import { checked } from './join-flags.ts';

export function channelCount(text: string): 1 | 2 {
  return checked(() => {
    if (text === '1') return 1;
    if (text === '2') return 2;
    throw new UsageError('1 or 2 is expected', { code: 'channels-invalid' });
  });
}
