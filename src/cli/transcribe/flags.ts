/** The flags of `transcribe`. */
import type { Command } from 'commander';
import { addChannelFlags, type ChannelFlags } from '../flags/bridge-flags.ts';
import { duration } from '../flags/join-flags.ts';

export interface TranscribeFlags extends ChannelFlags {
  /** A command, or the address of a WebSocket. */
  recognizer: string;
  output?: string;
  language?: string;
  toChat?: boolean;
  toRoom?: boolean;
  partial?: boolean;
  /** ms */
  silence?: number;
  /** ms */
  alone?: number;
}

export function addTranscribeFlags(command: Command): Command {
  return addChannelFlags(command)
    .optionsGroup('The words:')
    .requiredOption('--recognizer <command or URL>', 'who makes words of speech (below)')
    .option('--output <file>', 'all words in a new file, .srt, .vtt or .json')
    .option('--language <tag>', 'what is spoken, such as de-DE; for the recogniser')
    .option('--partial', 'print what is understood so far, too')
    .option('--to-chat', "say the words in the room's chat")
    .option('--to-room', "tell the room as Jitsi's own transcribers do, so that interfaces show subtitles")
    .option('--silence <duration>', 'what ends an utterance (default: 600ms)', duration)
    .option('--alone <duration>', 'leave when nobody else was there for so long', duration);
}
