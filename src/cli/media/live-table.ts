/** Lines at the bottom of the terminal that are written anew again and again; everything else appears above them. */
import type { CliIo } from '../streams/io.ts';
import type { Output } from '../streams/output.ts';

const clearBelow = '\r\u001b[J';

export class LiveTable {
  readonly #io: CliIo;
  readonly #output: Output;
  #lines: readonly string[] = [];

  /** @param output keeps the lines in their place until `end()` */
  constructor(io: CliIo, output: Output) {
    this.#io = io;
    this.#output = output;
    output.setGuard((write) => {
      this.#clear();
      write();
      this.#draw();
    });
  }

  show(lines: readonly string[]): void {
    this.#clear();
    const { columns = 80, rows = 24 } = this.#io.stdout as { columns?: number; rows?: number };
    // What scrolls away or wraps could not be taken back.
    const fitting =
      lines.length < rows ? lines : [...lines.slice(0, rows - 2), `and ${lines.length - rows + 2} more`];
    this.#lines = fitting.map((line) =>
      Array.from(line)
        .slice(0, columns - 1)
        .join(''),
    );
    this.#draw();
  }

  /** Takes the lines away. */
  end(): void {
    this.#clear();
    this.#output.setGuard(undefined);
  }

  #draw(): void {
    for (const line of this.#lines) this.#io.stdout.write(`${line}\n`);
  }

  #clear(): void {
    const height = this.#lines.length;
    if (height > 0) this.#io.stdout.write(`\u001b[${height}A${clearBelow}`);
  }
}
