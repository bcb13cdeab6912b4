/** The built program in processes of its own, for tests: each is ended with the test that started it. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ChildOptions } from './child.ts';
import { Program } from './process.ts';

const root = join(import.meta.dirname, '../..');
export const jcliPath: string = join(root, 'dist/cli/main.js');

/** Starts `jcli` with these arguments; it is ended when the test is over. */
export function jcli(args: readonly string[], options: ChildOptions = {}): Program {
  return owned(
    new Program(process.execPath, [jcliPath, ...args], { ...options, env: environment(options.env) }),
  );
}

/**
 * `jcli` on a pseudo-terminal of `columns`, made by `script` of util-linux. What is written to it is typed; stdout has what
 * the terminal got from both of the program's streams.
 */
export function jcliOnTerminal(
  args: readonly string[],
  columns: number,
  options: ChildOptions = {},
): Program {
  const quoted = [process.execPath, jcliPath, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const command = `stty cols ${columns} rows 24; exec ${quoted.join(' ')}`;
  const env = environment({ NO_COLOR: '1', TERM: 'xterm', ...options.env });
  return owned(new Program('script', ['-qefc', command, '/dev/null'], { ...options, env }));
}

/** `jcli sandbox` with these further arguments, ready; and its URL. */
export async function startSandbox(...args: string[]): Promise<{ program: Program; url: string }> {
  const program = jcli(['sandbox', '--json', ...args]);
  const { url } = await program.waitForObject({ type: 'ready' });
  return { program, url: String(url) };
}

function owned(program: Program): Program {
  onTestFinished(async () => {
    await program.stop('SIGKILL');
  });
  return program;
}

/** Ours, without what would change what the program does. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const {
    JCLI_PASSWORD: _password,
    JCLI_TOKEN: _token,
    JCLI_LOGIN_PASSWORD: _login,
    NO_COLOR: _color,
    NODE_OPTIONS: _options,
    ...env
  } = process.env;
  return { ...env, ...more };
}
