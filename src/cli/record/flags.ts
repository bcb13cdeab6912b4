/** The flags of `record`. */
import { type Command, Option } from 'commander';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { duration } from '../flags/join-flags.ts';
import { pixels } from '../media/flags.ts';

export interface RecordFlags extends ChannelFlags {
  /** Default: the room and the time. */
  directory?: string;
  container: 'webm' | 'mp4' | 'ogg';
  audioOnly?: boolean;
  /** Pixels; 0: no video, -1: no limit. */
  maxHeight: number;
  /** `--no-chat`. */
  chat: boolean;
  mix?: boolean;
  compose?: boolean;
  /** ms */
  alone?: number;
}

const defaultHeight = 720;

export function addRecordFlags(command: Command): Command {
  const height = new Option(
    '--max-height <pixels>',
    'height of the video that is recorded; 0: none, -1: any',
  );
  const container = new Option('--container <name>', 'of the files; H264 is in MP4 always');
  return addChannelFlags(command)
    .optionsGroup('The recording:')
    .option('--directory <dir>', 'where the files go; new, or without a recording (default: room and time)')
    .addOption(container.choices(['webm', 'mp4', 'ogg']).default('webm'))
    .option('--audio-only', 'no video')
    .addOption(height.argParser(pixels).default(defaultHeight))
    .option('--no-chat', 'the timeline has no messages of the chat')
    .option('--mix', 'at the end, the sound of all in one file; needs ffmpeg')
    .option('--compose', 'at the end, pictures and sound of all in one film; needs ffmpeg')
    .option('--alone <duration>', 'leave when nobody else was there for so long', duration);
}
