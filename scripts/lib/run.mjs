/** Running commands from the project's root. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The path of a command that a package in node_modules brings. */
export const bin = (name) => `${root}node_modules/.bin/${name}`;

/** Runs a command that writes to our own output; rejects, naming it, unless it exits with 0. */
export async function run(command, args, options = {}) {
  const status = await exitOf(spawn(command, args, { cwd: root, stdio: 'inherit', ...options }));
  if (status !== 0) throw commandFailed(command, args, status);
}

/** Runs a command and returns what it wrote, stdout and stderr together, with its exit code. */
export async function capture(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  return { status: await exitOf(child), output };
}

/** The exit code, or the signal's name, or the reason why the command could not be started. */
async function exitOf(child) {
  try {
    const [code, signal] = await once(child, 'close');
    return code ?? signal;
  } catch (error) {
    return error.message;
  }
}

export function commandFailed(command, args, status) {
  return new Error(`${[command, ...args].join(' ').replaceAll(root, '')} failed (${status})`);
}

/** A command with all that it starts, in a process group of its own, so that nothing of it is left when it is ended. */
export class Running {
  /** Resolves when it has exited with 0; rejects, naming it, when it has ended otherwise. */
  success;
  #child;

  constructor(command, args, env) {
    this.#child = spawn(command, args, {
      cwd: root,
      // Who reads the terminal from another group is stopped.
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
      env: { ...process.env, ...env },
    });
    this.success = this.#exit(command, args);
  }

  async #exit(command, args) {
    const status = await exitOf(this.#child);
    this.#signal('SIGKILL');
    if (status !== 0) throw commandFailed(command, args, status);
  }

  /** Asks it to end, later forces it to. */
  end() {
    this.#signal('SIGTERM');
    setTimeout(() => this.#signal('SIGKILL'), 10_000).unref();
  }

  #signal(signal) {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nothing of it is left.
    }
  }
}
