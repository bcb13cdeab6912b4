/** @throws UsageError `engine-no-media` */
import { UsageError } from '../../base/errors.ts';
import type { ChannelFlags } from '../flags/bridge-flags.ts';

export function checkMediaEngine(engine: ChannelFlags['engine']): void {
  if (engine !== 'node-datachannel') return;
  throw new UsageError('--engine node-datachannel carries data only; for audio and video choose werift', {
    code: 'engine-no-media',
  });
}
