/** The flags of `media`. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { checked } from '../flags/join-flags.ts';

export interface MediaFlags extends ChannelFlags {
  /** A file's path; true: the built-in clip. */
  sendVideo?: string | true;
  sendAudio?: string | true;
  /** Pixels; 0: no video, -1: no limit. */
  maxHeight: number;
  /** Sources; -1: all. */
  lastN?: number;
  /** Best first. */
  codec?: readonly string[];
}

const defaultHeight = 720;
const codecs: readonly string[] = ['av1', 'vp9', 'vp8', 'h264'];

export function addMediaFlags(command: Command): Command {
  const height = new Option('--max-height <pixels>', 'height of the video that is wanted; 0: none, -1: any');
  return addChannelFlags(command)
    .optionsGroup('The media:')
    .option(
      '--send-video [file]',
      'send video: this file (IVF, WebM, MP4), or a moving test picture, again and again',
    )
    .option(
      '--send-audio [file]',
      'send audio: this file (Opus in Ogg, WebM, MP4), or a tone, again and again',
    )
    .addOption(height.argParser(pixels).default(defaultHeight))
    .option('--last-n <n>', 'video of so many at most, those who spoke last; -1: of all', lastN)
    .option(
      '--codec <names>',
      `video codecs that the others may send, best first: ${codecs.join(', ')}`,
      codecList,
    );
}

export function pixels(text: string): number {
  return checked(() => {
    if (/^(-1|\d{1,4})$/.test(text)) return Number(text);
    throw new UsageError('a number of pixels is expected, as in 360; 0: none, -1: any', {
      code: 'height-invalid',
    });
  });
}

function lastN(text: string): number {
  return checked(() => {
    if (/^(-1|\d{1,4})$/.test(text)) return Number(text);
    throw new UsageError('a whole number is expected; -1: all', { code: 'last-n-invalid' });
  });
}

function codecList(text: string): readonly string[] {
  return checked(() => {
    const names = text.toLowerCase().split(',');
    if (names.every((name) => codecs.includes(name)) && new Set(names).size === names.length) return names;
    throw new UsageError(`names out of ${codecs.join(', ')} are expected, as in vp9,vp8`, {
      code: 'codec-invalid',
    });
  });
}
