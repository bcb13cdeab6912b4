/** Passwords and tokens: from flags, from the environment, or typed without being shown. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { defined } from '../../base/defined.ts';
import { UsageError } from '../../base/errors.ts';
import type { CliIo } from './io.ts';
import { printable } from './printable.ts';

export interface Secrets {
  password?: string;
  token?: string;
}

/** Flags win over `JCLI_PASSWORD` and `JCLI_TOKEN`; empty ones count as not given. */
export function secretsFrom(flags: Secrets, env: CliIo['env']): Secrets {
  return defined({
    password: flags.password ?? (env.JCLI_PASSWORD || undefined),
    token: flags.token ?? (env.JCLI_TOKEN || undefined),
  });
}

/**
 * The account of `--login`: its password from `JCLI_LOGIN_PASSWORD`, or typed.
 * @throws UsageError `login-password-missing`
 */
export async function accountFrom(
  username: string,
  io: CliIo,
): Promise<{ username: string; password: string }> {
  const password =
    io.env.JCLI_LOGIN_PASSWORD ||
    (canAsk(io) ? await askSecret(io, `Password of ${printable(username)}: `) : undefined);
  if (password === undefined) {
    throw new UsageError(`logging in as ${username}: there is no password; set JCLI_LOGIN_PASSWORD`, {
      code: 'login-password-missing',
    });
  }
  return { username, password };
}

/** Whether there is somebody to ask. */
export function canAsk({ stdin, stderr }: CliIo): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks for a secret on the terminal. Resolves with undefined when nothing was typed, or the question was broken off. */
export function askSecret(io: CliIo, question: string): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: io.stdin, output: nowhere, terminal: true, historySize: 0 });
  return new Promise((resolve) => {
    let answer: string | undefined;
    const close = (): void => lines.close();
    lines.on('line', (line) => {
      answer = line;
      lines.close();
    });
    // Without echo the terminal is in raw mode: Ctrl-C comes as a character.
    lines.on('SIGINT', () => io.stop('interrupted'));
    lines.on('close', () => {
      io.signal.removeEventListener('abort', close);
      io.stderr.write('\n');
      resolve(answer || undefined);
    });
    io.signal.addEventListener('abort', close, { once: true });
    io.stderr.write(question);
  });
}
