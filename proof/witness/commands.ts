/** Commands of `jcli`, each a process of its own, all ended together. */
import { Program } from '../../test/support/process.ts';

export class Commands implements AsyncDisposable {
  readonly #jcli: string;
  readonly #programs: Program[] = [];

  /** @param jcli the program's file */
  constructor(jcli: string) {
    this.#jcli = jcli;
  }

  /** With `--json`. */
  start(...args: readonly string[]): Program {
    const program = new Program(process.execPath, [this.#jcli, ...args, '--json']);
    this.#programs.push(program);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
  }
}
