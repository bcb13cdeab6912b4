/** The flags of `play`. */
import type { Command } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { checked } from '../flags/join-flags.ts';

export interface PlayFlags extends ChannelFlags {
  loop?: boolean;
  /** 0 to 4 */
  volume?: number;
  allowPrivate?: boolean;
}

export function addPlayFlags(command: Command): Command {
  return addChannelFlags(command)
    .argument('[files...]', 'files, http(s) addresses, or - for stdin, played one after the other')
    .optionsGroup('The sound:')
    .option('--loop', 'play all of it again and again')
    .option('--volume <factor>', '0 to 4; 1 (default) sends Opus as it is', volume)
    .option('--allow-private', 'addresses may lead to this machine or a private network');
}

function volume(text: string): number {
  return checked(() => {
    const value = Number(text);
    if (/^\d(\.\d+)?$/.test(text) && value <= 4) return value;
    throw new UsageError('a number from 0 to 4 is expected, as in 0.5', { code: 'volume-invalid' });
  });
}
