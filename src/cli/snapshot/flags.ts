/** The flags of `snapshot`. */
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import type { PictureFormat } from '../../media/snapshot/convert-picture.ts';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { checked } from '../flags/join-flags.ts';

export interface SnapshotFlags extends ChannelFlags {
  /** A name or an id. */
  from?: string;
  /** What they share instead of their camera. */
  screen?: boolean;
  /** A path; `-`: stdout. */
  output?: string;
  format?: PictureFormat;
  /** Pixels; -1: no limit. */
  maxHeight: number;
  /** Path of ffmpeg. */
  ffmpeg?: string;
}

const byEnding: Readonly<Record<string, PictureFormat>> = {
  '.webp': 'webp',
  '.avif': 'avif',
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
};

export function addSnapshotFlags(command: Command): Command {
  const format = new Option(
    '--format <name>',
    "of the picture (default: as the file's name says, webp without one)",
  );
  return addChannelFlags(command)
    .optionsGroup('The picture:')
    .option('--from <nick or id>', 'of this participant (default: who speaks, or the first who is seen)')
    .option('--screen', 'what they share, instead of their camera')
    .option(
      '--output <file>',
      'the file, .webp, .avif, .png or .jpg; -: stdout (default: a name with the time)',
    )
    .addOption(format.choices(['webp', 'avif', 'png', 'jpeg']))
    .option(
      '--max-height <pixels>',
      'no higher than this, where it can be had; -1: as high as there is',
      pixels,
      -1,
    )
    .option(
      '--ffmpeg <path>',
      'where ffmpeg is (default: on the PATH); WebP of VP8 and AVIF of AV1 need none',
    );
}

/**
 * The file and what is to be in it.
 * @throws UsageError `picture-format`
 */
export function planSnapshot(
  { format, output }: SnapshotFlags,
  now: Date,
): { path: string; format: PictureFormat } {
  const ending = output === undefined || output === '-' ? '' : extname(output).toLowerCase();
  const chosen = format ?? byEnding[ending] ?? (ending === '' ? 'webp' : undefined);
  if (chosen === undefined)
    throw new UsageError(
      `--output ${output}: a picture's file ends with .webp, .avif, .png or .jpg; say --format for another name`,
      { code: 'picture-format' },
    );
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-');
  return { path: output ?? `snapshot-${time}.${chosen === 'jpeg' ? 'jpg' : chosen}`, format: chosen };
}

function pixels(text: string): number {
  return checked(() => {
    if (/^(-1|[1-9]\d{0,4})$/.test(text)) return Number(text);
    throw new UsageError('a number of pixels is expected, as in 360; -1: as high as there is', {
      code: 'height-invalid',
    });
  });
}
