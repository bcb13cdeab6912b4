/** The flags of `say`. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { channelCount } from '../flags/channel-count.ts';
import { checked } from '../flags/join-flags.ts';

export interface SayFlags extends ChannelFlags {
  /** Hz; undefined: stdin says it, as WAV. */
  rate?: number;
  channels?: 1 | 2;
}

export function addSayFlags(command: Command): Command {
  const channels = new Option('--channels <n>', 'with --rate: 1, or 2 with samples in turn (default: 1)');
  return addChannelFlags(command)
    .optionsGroup('The sound:')
    .option(
      '--rate <hz>',
      'stdin has samples of 16 bits, little-endian, so many a second (default: WAV)',
      sampleRate,
    )
    .addOption(channels.argParser(channelCount));
}

function sampleRate(text: string): number {
  return checked(() => {
    const value = Number(text);
    if (/^\d{4,6}$/.test(text) && value >= 1000 && value <= 384_000) return value;
    throw new UsageError('samples a second are expected, as in 24000', { code: 'sample-rate-invalid' });
  });
}
