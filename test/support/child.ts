/** A process that a test owns: its output is kept, and it is ended by its own id. */
import { type ChildProcessByStdio, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export interface ChildOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
}

export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** How long a process has to obey SIGTERM before it is killed. */
const grace = 30_000;

export class Child implements AsyncDisposable {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Settles when the process has ended and its output is complete; rejects when it could not be started. */
  readonly exited: Promise<ExitStatus>;
  stdout = '';
  stderr = '';

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    const spawnOptions: SpawnOptions = { ...options, stdio: 'pipe' };
    this.process = spawn(command, args, spawnOptions) as ChildProcessByStdio<Writable, Readable, Readable>;
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.process.stdin.on('error', () => {}); // it may end without reading what was written
    const killWithUs = (): void => void this.process.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.exited = once(this.process, 'close')
      .then(([code, signal]): ExitStatus => ({ code, signal }))
      .finally(() => process.off('exit', killWithUs));
    this.exited.catch(() => {}); // whoever waits for it gets the error
  }

  /** Asks the process to end, later forces it to. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ExitStatus> {
    this.process.kill(signal);
    const force = setTimeout(() => this.process.kill('SIGKILL'), grace);
    try {
      return await this.exited;
    } finally {
      clearTimeout(force);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }
}
