/**
 * The command line as the Go program of the same name takes it, turned into ours: flags with one dash (`-host h`), and modes
 * instead of commands (`-chat`). No mode means `info`.
 */
import { UsageError } from '../../base/errors.ts';

export interface Grammar {
  /** Commands that there are. */
  commands: readonly string[];
  /** Long flags of all commands without dashes, and whether a value follows. */
  flags: ReadonlyMap<string, boolean>;
}

/** Each is also a command's name. */
const modes: readonly string[] = ['chat', 'dc', 'dc-raw', 'media', 'bench'];

const helpFlags: readonly string[] = ['-h', '--help', '-V', '--version'];

/**
 * Puts the command first and two dashes before long flags.
 * @throws UsageError `command-conflict`
 */
export function fromGoSpelling(args: readonly string[], grammar: Grammar): string[] {
  const { command, rest } = takeCommand(args, grammar);
  if (command !== undefined) return [command, ...rest];
  const help = rest.find((arg) => helpFlags.includes(arg));
  if (help !== undefined) return [help];
  return ['info', ...rest];
}

function takeCommand(
  args: readonly string[],
  { commands, flags }: Grammar,
): { command: string | undefined; rest: string[] } {
  const rest: string[] = [];
  let command: string | undefined;
  let isFirstWord = true;
  const choose = (name: string): void => {
    if (command !== undefined && command !== name) {
      throw new UsageError(`${command} and ${name} were both given: choose one`, {
        code: 'command-conflict',
      });
    }
    command = name;
  };
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      rest.push(...args.slice(index));
      break;
    }
    const [, name, value] = /^--?([a-z][a-z-]+)(=.*)?$/s.exec(arg) ?? [];
    if (name !== undefined && modes.includes(name) && value === undefined) {
      choose(name);
    } else if (name === 'bench-xmpp' && value === undefined) {
      choose('bench');
      rest.push('--xmpp');
    } else if (name !== undefined && flags.get(name) === false && value !== undefined) {
      // Go's flags without a value may say which one they have.
      if (value !== '=false') rest.push(value === '=true' ? `--${name}` : `--${name}${value}`);
    } else if (name !== undefined && flags.has(name)) {
      rest.push(`--${name}${value ?? ''}`);
      if (flags.get(name) === true && value === undefined && index + 1 < args.length) {
        index += 1;
        rest.push(args[index] ?? '');
      }
    } else if (arg.startsWith('-') && arg !== '-') {
      // Nobody knows whether the next word is its value.
      isFirstWord = false;
      rest.push(arg);
    } else if (
      isFirstWord &&
      (commands.includes(arg) || modes.includes(arg) || (command === undefined && isMistyped(arg)))
    ) {
      isFirstWord = false;
      choose(arg);
    } else {
      isFirstWord = false;
      rest.push(arg);
    }
  }
  return { command, rest };
}

/** A word that is no address is meant as a command, even if there is none of that name: the error can then help. */
function isMistyped(word: string): boolean {
  return /^[a-z-]+$/.test(word);
}
