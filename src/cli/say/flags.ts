/** The flags of `say`. */
import { type Command, Option } from 'commander';
import { resampledRate } from '../../media/sound/resampler.ts';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { channelCount } from '../flags/channel-count.ts';
import { sampleRate } from '../flags/sample-rate.ts';

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
      sampleRate(resampledRate),
    )
    .addOption(channels.argParser(channelCount));
}
