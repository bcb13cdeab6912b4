/** One run of the program: arguments and streams in, an exit code out. */
import { CommanderError } from 'commander';
import { UsageError } from '../base/errors.ts';
import { exitCode, exitCodeOf } from './exit-codes.ts';
import { fromGoSpelling } from './flags/go-spelling.ts';
import type { CliIo, StopReason } from './streams/io.ts';
import { Output } from './streams/output.ts';
import { createProgram, flagsOf, type Invocation } from './program.ts';

/** @param args without the interpreter and the script */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  // Until the flags are understood, errors are shown as whoever wrote them most likely wants it.
  const json = args.includes('--json') || args.includes('-json');
  let output = new Output(io, { json, quiet: false, debug: false });
  try {
    const invocation = parse(args, io);
    if (!invocation) return exitCode.ok;
    output = new Output(io, invocation.output);
    const code = await invocation.run({ io, output });
    return stopCode(io) ?? code;
  } catch (error) {
    const code = stopCode(io);
    if (code === undefined) output.error(error);
    return code ?? exitCodeOf(error);
  }
}

/** When the command was told to stop, that is what its exit code says. */
function stopCode({ signal }: CliIo): number | undefined {
  if (!signal.aborted) return undefined;
  // Whoever reads only the beginning of the output has what they want.
  return (signal.reason as StopReason) === 'output-closed' ? exitCode.ok : exitCode.interrupted;
}

/** Undefined when help or the version was asked for, and shown. */
function parse(args: readonly string[], io: CliIo): Invocation | undefined {
  let chosen: Invocation | undefined;
  const program = createProgram((invocation) => {
    chosen = invocation;
  });
  const commands = [...program.commands.map((command) => command.name()), 'help'];
  for (const command of [program, ...program.commands]) {
    // Errors are thrown too, and shown in one way for all.
    command.exitOverride().configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {} });
  }
  const asked = args.length === 0 ? ['--help'] : fromGoSpelling(args, { commands, flags: flagsOf(program) });
  try {
    program.parse(asked, { from: 'user' });
    return chosen;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw usageError(error);
  }
}

/** Commander's words and reason, in our form. */
function usageError({ message, code }: CommanderError): UsageError {
  const sentence = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const reason = code.replace(/^commander\./, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new UsageError(`${sentence}; see jcli --help`, { code: reason });
}
