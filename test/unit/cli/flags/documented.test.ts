/** Every command line that the documents and the helps show can be understood. */
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { fromGoSpelling } from '../../../../src/cli/flags/go-spelling.ts';
import * as helps from '../../../../src/cli/flags/help.ts';
import { createProgram, flagsOf } from '../../../../src/cli/program.ts';
import { codeBlocks, documents, inlineCode } from '../../../support/documents.ts';

/** The words of each `jcli` command in lines of a shell, without what the shell does. */
function jcliCommands(shell: string): string[][] {
  const commands: string[][] = [];
  for (const line of shell.replaceAll('\\\n', ' ').split('\n')) {
    let words: string[] = [];
    const end = (): void => {
      if (words[0] === 'npx') words.shift();
      if (words[0] === 'jcli') commands.push(words.slice(1));
      words = [];
    };
    for (const [token, double, single] of line.matchAll(
      /"([^"]*)"|'([^']*)'|#.*|[|;<>]+.?|&&|[^\s|;<>"']+/g,
    )) {
      if (token.startsWith('#')) break;
      if (/^[|;&]/.test(token)) end();
      // What follows is a file of the shell.
      else if (/^[<>]/.test(token)) break;
      else words.push(double ?? single ?? token);
    }
    end();
  }
  return commands;
}

function understand(args: readonly string[]): string | undefined {
  let isChosen = false;
  const program = createProgram(() => (isChosen = true));
  const commands = [...program.commands.map((command) => command.name()), 'help'];
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  try {
    program.parse(fromGoSpelling(args, { commands, flags: flagsOf(program) }), { from: 'user' });
  } catch (error) {
    const { message, exitCode } = error as { message: string; exitCode?: number };
    return exitCode === 0 ? undefined : `jcli ${args.join(' ')}: ${message}`;
  }
  return isChosen ? undefined : `jcli ${args.join(' ')}: nothing is run`;
}

const program = createProgram(() => {});
const flagNames = (command: Command): string[] => command.options.map(({ long }) => long ?? '');

describe('command lines', () => {
  it('of the documents', () => {
    const shells = documents()
      .flatMap(codeBlocks)
      .filter(({ language }) => ['', 'sh', 'bash', 'console'].includes(language));
    const commands = shells.flatMap(({ text }) => jcliCommands(text));
    expect(commands.length).toBeGreaterThan(8);
    expect(commands.map(understand).filter(Boolean)).toEqual([]);
  });

  it.each(Object.entries(helps))('of %s', (_, help) => {
    const commands = jcliCommands(help.slice(help.indexOf('Examples:')));
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.map(understand).filter(Boolean)).toEqual([]);
  });

  it('within sentences name commands and flags that there are', () => {
    const unknown: string[] = [];
    for (const code of documents().flatMap(inlineCode)) {
      const [name, ...words] = code.split(/\s+/);
      if (name !== 'jcli') continue;
      const [first = ''] = words;
      if (/^[A-Z]/.test(first)) continue;
      const command = program.commands.find((each) => each.name() === first);
      const flags = command ? flagNames(command) : program.commands.flatMap(flagNames);
      if (!command && first !== 'help' && /^[a-z]/.test(first)) unknown.push(code);
      for (const [flag] of code.matchAll(/--[a-z][a-z-]+/g))
        if (flag !== '--help' && !flags.includes(flag)) unknown.push(`${code}: ${flag}`);
    }
    expect(unknown).toEqual([]);
  });

  it('that are wrong are found', () => {
    const shell = `echo "a | b" | jcli chat --hots x # jcli no\njcli chat 'a/b c' --nick "x y" > file`;
    expect(jcliCommands(shell)).toEqual([
      ['chat', '--hots', 'x'],
      ['chat', 'a/b c', '--nick', 'x y'],
    ]);
    expect(understand(['chat', '--hots', 'x'])).toMatch(/unknown option/);
  });
});
