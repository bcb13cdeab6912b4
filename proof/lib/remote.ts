/** Another process that takes commands, one a line as JSON, and answers each. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Child } from '../../test/support/child.ts';

/** A sandbox. */
export const deploymentProcess: URL = new URL('deployment-process.js', import.meta.url);

/** ms that a process may take to end by itself. */
export const endingTime = 20_000;

/** ms that an answer may take: those who answer are never busy for a hundredth of it. */
const patience = 120_000;

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

export class Remote implements AsyncDisposable {
  readonly #child: Child;
  readonly #name: string;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /** @param options what the process is to know, as JSON */
  constructor(name: string, script: URL, options: object = {}) {
    this.#name = name;
    this.#child = new Child(process.execPath, [
      '--expose-gc',
      fileURLToPath(script),
      JSON.stringify(options),
    ]);
    const lines = createInterface({ input: this.#child.process.stdout });
    lines.on('line', (line) => this.#answered(JSON.parse(line) as Answer));
    void this.#failWhenItEnds();
  }

  get pid(): number {
    return this.#child.process.pid ?? 0;
  }

  get stderr(): string {
    return this.#child.stderr;
  }

  /** @throws the error that the process answers with */
  ask<Result>(command: object): Promise<Result> {
    const id = (this.#lastId += 1);
    return new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#forget(id);
        reject(new Error(`${this.#name} did not answer ${JSON.stringify(command)}\n${this.stderr}`));
      }, patience);
      this.#waiting.set(id, { resolve: (value) => resolve(value as Result), reject, timer });
      this.#child.process.stdin.write(`${JSON.stringify({ ...command, id })}\n`);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.process.kill(signal);
  }

  get exited(): Promise<unknown> {
    return this.#child.exited;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** Takes no more commands; it is to end by itself. Undefined when it does not within `limit` ms. */
  async end(limit: number): Promise<number | NodeJS.Signals | undefined> {
    this.#child.process.stdin.end();
    const timer = AbortSignal.timeout(limit);
    const exit = await Promise.race([
      this.#child.exited.then(({ code, signal }) => signal ?? code ?? undefined),
      once(timer, 'abort').then(() => undefined),
    ]);
    return exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stop('SIGKILL');
  }

  async #failWhenItEnds(): Promise<void> {
    const { code, signal } = await this.#child.exited;
    for (const [id, { reject }] of this.#waiting) {
      this.#forget(id);
      reject(new Error(`${this.#name} ended with ${signal ?? code}\n${this.stderr}`));
    }
  }

  #answered({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#forget(id);
    if (error) waiting.reject(Object.assign(new Error(error.message), { code: error.code }));
    else waiting.resolve(result);
  }

  #forget(id: number): void {
    clearTimeout(this.#waiting.get(id)?.timer);
    this.#waiting.delete(id);
  }
}

interface Answer {
  id: number;
  result?: unknown;
  error?: { code?: string; message: string };
}
