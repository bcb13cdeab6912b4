/** The flags of `listen`. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import type { OpusSampleRate } from '../../media/opus/types.ts';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { channelCount } from '../flags/channel-count.ts';
import { checked } from '../flags/join-flags.ts';

export interface ListenFlags extends ChannelFlags {
  /** Endpoint id or display name; undefined: everybody. */
  from?: string;
  /** Hz */
  rate: OpusSampleRate;
  channels: 1 | 2;
  /** A WAV file; undefined: samples to stdout. */
  output?: string;
}

const rates: readonly OpusSampleRate[] = [8000, 12_000, 16_000, 24_000, 48_000];

export function addListenFlags(command: Command): Command {
  const rate = new Option('--rate <hz>', `samples a second: ${rates.join(', ')}`);
  const channels = new Option('--channels <n>', '1, or 2 with samples in turn');
  return addChannelFlags(command)
    .optionsGroup('The sound:')
    .option('--from <nick or id>', 'only what this participant says (default: everybody)')
    .addOption(rate.argParser(sampleRate).default(48_000))
    .addOption(channels.argParser(channelCount).default(1))
    .option('--output <file.wav>', 'a WAV file, written as it comes (default: samples to stdout)');
}

function sampleRate(text: string): OpusSampleRate {
  return checked(() => {
    const known = rates.find((rate) => String(rate) === text);
    if (known !== undefined) return known;
    throw new UsageError(`one of ${rates.join(', ')} is expected`, { code: 'sample-rate-invalid' });
  });
}
