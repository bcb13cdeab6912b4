/** The flags of `listen`. */
import { type Command, Option } from 'commander';
import { heardRate } from '../../media/hearing/sound-options.ts';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { channelCount } from '../flags/channel-count.ts';
import { sampleRate } from '../flags/sample-rate.ts';

export interface ListenFlags extends ChannelFlags {
  /** Endpoint id or display name; undefined: everybody. */
  from?: string;
  /** Hz */
  rate: number;
  channels: 1 | 2;
  /** A WAV file; undefined: samples to stdout. */
  output?: string;
}

export function addListenFlags(command: Command): Command {
  const rate = new Option('--rate <hz>', 'samples a second, 8000 to 192000');
  const channels = new Option('--channels <n>', '1, or 2 with samples in turn');
  return addChannelFlags(command)
    .optionsGroup('The sound:')
    .option('--from <nick or id>', 'only what this participant says (default: everybody)')
    .addOption(rate.argParser(sampleRate(heardRate)).default(48_000))
    .addOption(channels.argParser(channelCount).default(1))
    .option('--output <file.wav>', 'a WAV file, written as it comes (default: samples to stdout)');
}
