/** The built sandbox in a process of its own, which can be commanded, killed and started again where it was. */
import { join } from 'node:path';
import type { Faults, SandboxOptions, SandboxRoom } from '../../src/sandbox/index.ts';
import { Program } from './process.ts';

const script = join(import.meta.dirname, 'sandbox-process.mjs');

export class SandboxProcess implements AsyncDisposable {
  readonly url: string;
  readonly #options: SandboxOptions;
  readonly #complaints: unknown[] = [];
  #program: Program;
  #lastId = 0;

  /** @param options what JSON can hold of them */
  static async start(options: SandboxOptions): Promise<SandboxProcess> {
    const program = run(options);
    const { url } = await program.waitForObject({ type: 'ready' });
    return new SandboxProcess(program, options, String(url));
  }

  private constructor(program: Program, options: SandboxOptions, url: string) {
    this.#program = program;
    this.#options = options;
    this.url = url;
  }

  /** What it logged as errors, and wrote on stderr. */
  get complaints(): readonly unknown[] {
    const { objects, errorLines } = this.#program;
    return [...this.#complaints, ...objects.filter(({ type }) => type === 'error'), ...errorLines];
  }

  get pid(): number {
    return this.#program.process.pid ?? 0;
  }

  /** Plays a fault. Rejects with the fault's own words. */
  async fault<Name extends keyof Faults>(name: Name, ...args: Parameters<Faults[Name]>): Promise<unknown> {
    return this.#command({ fault: name, args });
  }

  async rooms(): Promise<Readonly<Record<string, SandboxRoom>>> {
    return (await this.#command({ look: 'rooms' })) as Readonly<Record<string, SandboxRoom>>;
  }

  /** `Sandbox.bridge`, with objects for maps. */
  bridge(): Promise<unknown> {
    return this.#command({ look: 'bridge' });
  }

  /** With SIGKILL. */
  async kill(): Promise<void> {
    this.#complaints.push(...this.complaints);
    this.#program.process.kill('SIGKILL');
    await this.#program.waitForExit();
  }

  /** After `kill`: starts it again, at the same address. */
  async startAgain(): Promise<void> {
    this.#program = run({ ...this.#options, port: Number(new URL(this.url).port) });
    await this.#program.waitForObject({ type: 'ready' });
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

  async #command(command: object): Promise<unknown> {
    const id = (this.#lastId += 1);
    this.#program.writeLine(JSON.stringify({ ...command, id }));
    const { error, result } = await this.#program.waitForObject({ type: 'answer', id });
    if (error) throw Object.assign(new Error(), error);
    return result;
  }
}

function run(options: SandboxOptions): Program {
  return new Program(process.execPath, [script, JSON.stringify(options)]);
}
