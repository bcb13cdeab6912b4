/** One run of the program: arguments and streams in, an exit code out. */
import { CommanderError } from 'commander';
import { UsageError } from '../base/errors.ts';
import { exitCode, exitCodeOf } from './exit-codes.ts';
import { fromGoSpelling } from './go-spelling.ts';
import type { CliIo } from './io.ts';
import { Output } from './output.ts';
import { createProgram, flagsOf, type Invocation } from './program.ts';

/** @param args without the interpreter and the script */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  let output = new Output(io, { json: wantsJson(args), quiet: false, debug: false });
  try {
    const invocation = parse(args, io);
    if (!invocation) return exitCode.ok;
    output = new Output(io, invocation.output);
    return await invocation.run({ io, output });
  } catch (error) {
    if (io.signal.aborted) return stopCode(io);
    output.error(error);
    return exitCodeOf(error);
  }
}

/** Undefined when help or the version was asked for, and shown. */
function parse(args: readonly string[], io: CliIo): Invocation | undefined {
  let chosen: Invocation | undefined;
  const program = createProgram((invocation) => {
    chosen = invocation;
  });
  const commands = [...program.commands.map((command) => command.name()), 'help'];
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Errors are thrown too, and shown in one way for all.
      writeErr: () => {},
    });
  }
  try {
    const asked = args.length === 0 ? ['--help'] : fromGoSpelling(args, { commands, flags: flagsOf(program) });
    program.parse(asked, { from: 'user' });
    return chosen;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    throw new UsageError(`${message}; see jcli --help`, { code: error.code.replace(/^commander\./, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) });
  }
}
