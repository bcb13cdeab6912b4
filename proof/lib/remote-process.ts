/** A process of ours that is told what to do, and answers: both ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

interface Call {
  id: number;
  name: string;
  args: unknown[];
}

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** Carries out what the process that forked us asks for. Ends the process when that one has gone. */
export function serve(handlers: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  // Made when they are first looked at; whoever counts handles should find them from the beginning.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(1));
  const answer = async ({ id, name, args }: Call): Promise<Answer> => {
    try {
      return { id, result: await handlers[name]?.(...(args as never[])) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (call: Call) => {
    void answer(call).then((message) => process.connected && process.send?.(message));
  });
  process.on('disconnect', () => process.exit(1));
}

export class RemoteProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #exited: Promise<unknown>;
  #calls = 0;

  constructor(script: string) {
    this.#child = fork(script, { execArgv: ['--expose-gc'], serialization: 'advanced' });
    this.#exited = once(this.#child, 'exit');
    this.#child.on('message', ({ id, result, error }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`${script} ended with ${code ?? signal}`));
      this.#waiting.clear();
    });
  }

  call(name: string, ...args: readonly unknown[]): Promise<unknown> {
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, name, args }, (error) => {
        if (error) reject(error);
      });
    });
  }

  /** @param signal what ends it at once */
  async end(signal?: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal ?? 'SIGKILL');
    await this.#exited;
  }
}
