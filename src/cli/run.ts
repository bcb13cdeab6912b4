/** One run of the program: arguments and streams in, an exit code out. */
import { CommanderError } from 'commander';
import { JitsiError } from '../base/errors.ts';
import { exitCode, exitCodeOf } from './exit-codes.ts';
import { checkCommand, usageError } from './flags/usage-error.ts';
import { fromGoSpelling } from './flags/go-spelling.ts';
import type { CliIo, StopReason } from './streams/io.ts';
import { Output } from './streams/output.ts';
import { createProgram, flagsOf, type Invocation } from './program.ts';

/** @param args without the interpreter and the script */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  // Until the flags are understood, errors are shown as whoever wrote them most likely wants it.
  const json = args.includes('--json') || args.includes('-json');
  let output = new Output(io, { json, quiet: false, debug: false });
  let code: number = exitCode.ok;
  try {
    const invocation = parse(args, output);
    if (invocation) {
      output = new Output(io, invocation.output);
      code = await invocation.run({ io, output });
    }
  } catch (error) {
    code = exitCodeOf(error);
    // What fails because we are told to stop needs no words.
    if (!io.signal.aborted) output.error(error);
  }
  await output.finish();
  if (!io.signal.aborted) return code;
  const reason = io.signal.reason as StopReason;
  if (reason instanceof JitsiError) {
    output.error(reason);
    await output.finish();
  }
  return stopCode(reason);
}

/** When the command was told to stop, that is what its exit code says. */
export function stopCode(reason: StopReason): number {
  if (reason === 'interrupted') return exitCode.interrupted;
  // Whoever reads only the beginning of the output has what they want.
  return reason === 'output-closed' ? exitCode.ok : exitCodeOf(reason);
}

/** Undefined when help or the version was asked for, and shown. */
function parse(args: readonly string[], output: Output): Invocation | undefined {
  let chosen: Invocation | undefined;
  const program = createProgram((invocation) => {
    chosen = invocation;
  });
  const commands = [...program.commands.map((command) => command.name()), 'help'];
  for (const command of [program, ...program.commands]) {
    // Errors are thrown too, and shown in one way for all; what was meant is guessed by stricter rules than commander's.
    command
      .exitOverride()
      .showSuggestionAfterError(false)
      .configureOutput({
        writeOut: (text) => output.data(text.replace(/\n$/, '')),
        writeErr: () => {},
      });
  }
  const asked = args.length === 0 ? ['--help'] : fromGoSpelling(args, { commands, flags: flagsOf(program) });
  const [name = '', topic] = asked;
  // Commander answers a wrong name after `help` with nothing.
  const meant = name === 'help' ? topic : name;
  if (meant !== undefined && meant !== 'help' && !meant.startsWith('-')) checkCommand(meant, program);
  try {
    program.parse(name === 'help' && topic === 'help' ? ['--help'] : asked, { from: 'user' });
    return chosen;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const isNamed = args.some((arg) => arg.replace(/^--?/, '') === name);
    throw usageError(error, program, isNamed ? name : undefined);
  }
}
