/** The commands, their flags and their help. What a command needs is loaded when it runs: each start waits only for its own. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CommandContext } from './visit/enter.ts';
import { type BenchFlags, addBenchFlags } from './bench/plan.ts';
import { addBridgeFlags, addRawFlags, type BridgeFlags, byteCount } from './flags/bridge-flags.ts';
import type { DcRawFlags } from './commands/dc-raw.ts';
import {
  benchHelp,
  chatHelp,
  dcHelp,
  dcRawHelp,
  infoHelp,
  listenHelp,
  mediaHelp,
  playHelp,
  programHelp,
  recordHelp,
  sandboxHelp,
  sayHelp,
  transcribeHelp,
  snapshotHelp,
} from './flags/help.ts';
import { addJoinFlags, duration, type JoinFlags } from './flags/join-flags.ts';
import { addListenFlags, type ListenFlags } from './listen/flags.ts';
import { addMediaFlags, type MediaFlags } from './media/flags.ts';
import { addRecordFlags, type RecordFlags } from './record/flags.ts';
import { addSayFlags, type SayFlags } from './say/flags.ts';
import { addPlayFlags, type PlayFlags } from './play/flags.ts';
import type { OutputOptions } from './streams/output.ts';
import { addSandboxFlags, type SandboxFlags } from './flags/sandbox-flags.ts';
import { addTranscribeFlags, type TranscribeFlags } from './transcribe/flags.ts';
import { addSnapshotFlags, type SnapshotFlags } from './snapshot/flags.ts';

/** Three of these fit into what a bridge WebSocket takes, and over SCTP one holds up other messages for 19 packets only (media 10). */
const defaultChunk = 16 * 1024;

/** A command with its flags, ready to run. */
export interface Invocation {
  output: OutputOptions;
  run(context: CommandContext): Promise<number>;
}

/** @param chosen called by the program's `parse` with what is to be run */
export function createProgram(chosen: (invocation: Invocation) => void): Command {
  const program = new Command('jcli')
    .description('Join Jitsi Meet rooms from the command line, without a browser.')
    .version(version())
    .helpCommand(true)
    .addHelpText('after', programHelp);
  const invoke = (flags: Partial<OutputOptions>, run: Invocation['run']): void => {
    const { json = false, quiet = false, debug = false } = flags;
    chosen({ output: { json, quiet, debug }, run });
  };
  addJoinFlags(program.command('info'))
    .summary('show the media session that a room offers')
    .description(
      'Joins the room, waits until it offers a media session, prints everything in the offer as one JSON object, and leaves.',
    )
    .addHelpText('after', infoHelp)
    .action((url: string | undefined, flags: JoinFlags) => {
      invoke(flags, async (context) => (await import('./commands/info.ts')).info(url, flags, context));
    });
  addJoinFlags(program.command('chat'))
    .summary('talk in a room')
    .description("Sends what is typed or piped in to the room's chat, and prints what is said there.")
    .addHelpText('after', chatHelp)
    .action((url: string | undefined, flags: JoinFlags) => {
      invoke(flags, async (context) => (await import('./commands/chat.ts')).chat(url, flags, context));
    });
  addBridgeFlags(program.command('dc'))
    .summary('exchange texts over the bridge')
    .description(
      'Sends what is typed or piped in over the bridge, a message a line, and prints the texts that come.',
    )
    .addHelpText('after', dcHelp)
    .action((url: string | undefined, flags: BridgeFlags) => {
      invoke(flags, async (context) => (await import('./commands/dc.ts')).dc(url, flags, context));
    });
  addRawFlags(program.command('dc-raw'))
    .summary('exchange bytes over the bridge')
    .description('Sends the bytes of stdin over the bridge, and writes the bytes that come to stdout.')
    .optionsGroup('The bytes:')
    .option('--from <nick or id>', 'only the bytes of this participant')
    .option('--chunk <bytes>', 'bytes of a message at most', byteCount, defaultChunk)
    .option('--idle <duration>', 'received something, and nothing more for so long: leave', duration)
    .addHelpText('after', dcRawHelp)
    .action((url: string | undefined, flags: DcRawFlags) => {
      invoke(flags, async (context) => (await import('./commands/dc-raw.ts')).dcRaw(url, flags, context));
    });
  addMediaFlags(program.command('media'))
    .summary('send and receive audio and video')
    .description(
      'Takes part in audio and video: counts what the others send, and sends files or built-in clips.',
    )
    .addHelpText('after', mediaHelp)
    .action((url: string | undefined, flags: MediaFlags) => {
      invoke(flags, async (context) => (await import('./commands/media.ts')).media(url, flags, context));
    });
  addTranscribeFlags(program.command('transcribe'))
    .summary('write down what is said')
    .description(
      'Gives what each participant says to a recogniser, and prints the words with who said them and when.',
    )
    .addHelpText('after', transcribeHelp)
    .action((url: string | undefined, flags: TranscribeFlags) => {
      invoke(flags, async (context) =>
        (await import('./commands/transcribe.ts')).transcribe(url, flags, context),
      );
    });
  addRecordFlags(program.command('record'))
    .summary('record a room into files')
    .description(
      'Records the audio and video of the others, a file for each source, and a timeline of what happens.',
    )
    .addHelpText('after', recordHelp)
    .action((url: string | undefined, flags: RecordFlags) => {
      invoke(flags, async (context) => (await import('./commands/record.ts')).record(url, flags, context));
    });
  addSayFlags(program.command('say'))
    .summary('speak what is piped in')
    .description('Speaks the sound on stdin, WAV or samples, as it comes, and leaves when it is said.')
    .addHelpText('after', sayHelp)
    .action((url: string | undefined, flags: SayFlags) => {
      invoke(flags, async (context) => (await import('./commands/say.ts')).say(url, flags, context));
    });
  addPlayFlags(program.command('play'))
    .summary('play files or streams in a room')
    .description(
      'Plays files, addresses of the web or stdin in the room, one after the other, and leaves when all is played.',
    )
    .addHelpText('after', playHelp)
    .action((url: string | undefined, files: string[], flags: PlayFlags) => {
      invoke(flags, async (context) => (await import('./commands/play.ts')).play(url, files, flags, context));
    });
  addListenFlags(program.command('listen'))
    .summary('hear what is said')
    .description('Writes what one participant says, or everybody, to stdout or a WAV file, in real time.')
    .addHelpText('after', listenHelp)
    .action((url: string | undefined, flags: ListenFlags) => {
      invoke(flags, async (context) => (await import('./commands/listen.ts')).listen(url, flags, context));
    });
  addBenchFlags(program.command('bench'))
    .summary('measure what passes through the bridge')
    .description(
      'Measures rate, loss and latency of messages through the bridge, between two or more of these.',
    )
    .addHelpText('after', benchHelp)
    .action((url: string | undefined, flags: BenchFlags) => {
      invoke(flags, async (context) => (await import('./commands/bench.ts')).bench(url, flags, context));
    });
  addSnapshotFlags(program.command('snapshot'))
    .summary("take a picture of somebody's video")
    .description("Takes one picture of a participant's camera or screen, writes it to a file, and leaves.")
    .addHelpText('after', snapshotHelp)
    .action((url: string | undefined, flags: SnapshotFlags) => {
      invoke(flags, async (context) =>
        (await import('./commands/snapshot.ts')).snapshot(url, flags, context),
      );
    });
  addSandboxFlags(program.command('sandbox'))
    .summary('run a Jitsi deployment for tests')
    .description('Runs a small Jitsi deployment in this process, for tests, until Ctrl-C.')
    .addHelpText('after', sandboxHelp)
    .action((flags: SandboxFlags) => {
      invoke(flags, async (context) => (await import('./commands/sandbox.ts')).sandbox(flags, context));
    });
  return program;
}

/** The long flags of all commands, and whether each takes a value. */
export function flagsOf(program: Command): ReadonlyMap<string, boolean> {
  const options = program.commands.flatMap((command) => command.options);
  const flags = options.map(({ long, required }): [string, boolean] => [long?.slice(2) ?? '', required]);
  return new Map([...flags, ['help', false], ['version', false]]);
}

/** From the package's own description, which lies two folders up in the sources as in the build. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
