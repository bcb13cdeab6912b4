/** A command line that cannot be understood: commander's words, what was meant perhaps, and where to read on. */
import type { Command, CommanderError } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { hidden } from '../../jitsi/redact/redact.ts';
import { nearest } from './suggest.ts';

/** @param name the command that was asked for, if any */
export function usageError({ message, code }: CommanderError, program: Command, name?: string): UsageError {
  const sentence = message
    .replace(/^error: /, '')
    .replace(' is invalid. ', ' is invalid: ')
    .replaceAll('\n', ' ')
    // What was meant may be a secret.
    .replace(/^(unknown option '-{1,2}[^'=]+=).*'$/s, `$1${hidden}'`)
    .replace(/^(option '--password-room[^']*' argument ').*(' is invalid: )/s, `$1${hidden}$2`)
    .replace(/\.$/, '');
  const reason = code.replace(/^commander\./, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const command = program.commands.find((each) => each.name() === name);
  const [, dashes = '', word = ''] = /^unknown option '(-{1,2})([^'=]+)/.exec(sentence) ?? [];
  const hint = word === '' ? '' : optionHint(word, dashes, program, command);
  const help = command ? `jcli ${command.name()} --help` : 'jcli --help';
  return new UsageError(`${sentence}${hint}; see ${help}`, { code: reason });
}

/** @throws UsageError `unknown-command` for a name that no command has */
export function checkCommand(name: string, program: Command): void {
  const names = program.commands.map((command) => command.name());
  if (names.includes(name)) return;
  throw new UsageError(`unknown command '${name}'${didYouMean(nearest(name, names))}; see jcli --help`, {
    code: 'unknown-command',
  });
}

function optionHint(word: string, dashes: string, program: Command, command: Command | undefined): string {
  const flags = (of: Command): string[] => of.options.map(({ long }) => long?.slice(2) ?? '');
  // Without a command, in the Go program's spelling, it may have been meant as one.
  const all = program.commands.flatMap((each) => [each.name(), ...flags(each)]);
  const near = nearest(word, [...(command ? flags(command) : all), 'help']);
  if (near.length > 0) return didYouMean(near.map((each) => dashes + each));
  const others = program.commands.filter((each) => flags(each).includes(word));
  return others.length === 0 ? '' : ` (a flag of ${others.map((each) => each.name()).join(', ')})`;
}

function didYouMean(words: readonly string[]): string {
  return words.length === 0 ? '' : ` (did you mean ${words.join(' or ')}?)`;
}
