/** The commands, their flags and their help. What a command needs is loaded when it runs: each start waits only for its own. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CommandContext } from './enter.ts';
import { addJoinFlags, type JoinFlags } from './join-flags.ts';
import type { OutputOptions } from './output.ts';
import { addSandboxFlags, type SandboxFlags } from './sandbox-flags.ts';

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

const programHelp = `
Without a command: info. Flags may have one dash, and -chat stands for chat.
stdout has the data, stderr the words for people; --json gives one JSON object a line.

Exit codes:
  0 ok   1 failed   2 usage   3 connection   4 refused (password, lobby, ban, login)
  5 media   6 timeout   130 interrupted

Examples:
  jcli chat https://meet.example.com/standup --nick bot
  jcli info --host meet.example.com --room standup --json
  jcli -host meet.example.com -room standup -nick bot -chat`;

const infoHelp = `
A room offers a media session when at least two are in it. Alone until --timeout: exit code 6.

Examples:
  jcli info https://meet.example.com/standup
  jcli info --host meet.example.com --room standup --timeout 5m --json | jq -r .sdp`;

const chatHelp = `
Commands: /raise  /lower  /msg NICK text  /nick NEW  /who  /help  /quit; //text sends a line that begins with /.
NICK is an endpoint id or a display name; one with spaces stands in quotes.
Through a pipe each line is sent, and stdout has what the others say, a line each. At the end of the input it leaves
when the room has confirmed all of it; with --duration it stays so long. Exit code 1: a line could not be sent.

Examples:
  jcli chat https://meet.example.com/standup --nick alice
  echo 'the build is done' | jcli chat https://meet.example.com/standup
  jcli chat https://meet.example.com/standup --duration 1h --json </dev/null`;

const sandboxHelp = `
Examples:
  jcli sandbox
  jcli sandbox --listen 127.0.0.1:8080 --json
  jcli sandbox --tls --password-room board=secret`;
