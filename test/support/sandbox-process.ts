/** The built sandbox in a process of its own. */
import { join } from 'node:path';
import type { SandboxOptions } from '../../src/sandbox/index.ts';
import { Program } from './process.ts';

const script = join(import.meta.dirname, 'sandbox-process.mjs');

export class SandboxProcess implements AsyncDisposable {
  readonly url: string;
  readonly #program: Program;

  /** `buildJcli()` must be through. @param options what JSON can hold of them */
  static async start(options: SandboxOptions): Promise<SandboxProcess> {
    const program = new Program(process.execPath, [script, JSON.stringify(options)]);
    const { url } = await program.waitForObject({ type: 'ready' });
    return new SandboxProcess(program, String(url));
  }

  private constructor(program: Program, url: string) {
    this.#program = program;
    this.url = url;
  }

  /** What it logged as errors, and wrote on stderr. */
  get complaints(): readonly unknown[] {
    const { objects, errorLines } = this.#program;
    return [...objects.filter(({ type }) => type === 'error'), ...errorLines];
  }

  /** Ended with everything closed, by itself. */
  async close(): Promise<void> {
    this.#program.endInput();
    await this.#program.waitForObject({ type: 'closed' });
    const exit = await this.#program.waitForExit();
    if (exit.code !== 0) throw new Error(`the sandbox ended with ${exit.code ?? exit.signal}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop('SIGKILL');
  }
}
