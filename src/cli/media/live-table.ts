/** Lines at the bottom of the terminal that are written anew again and again; everything else appears above them. */
import type { CliIo, OutputStream } from '../streams/io.ts';
import type { Output } from '../streams/output.ts';

const clearBelow = '\r\u001b[J';

/** Characters of a line that does not wrap. */
export function widthOf(stream: OutputStream): number {
  const { columns = 80 } = stream as { columns?: number };
  return columns - 1;
}

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

  /** @param table makes the lines, for so many characters */
  show(table: (width: number) => readonly string[]): void {
    this.#clear();
    const { rows = 24 } = this.#io.stdout as { rows?: number };
    const width = widthOf(this.#io.stdout);
    const lines = table(width);
    // What scrolls away or wraps could not be taken back.
    const fitting =
      lines.length < rows ? lines : [...lines.slice(0, rows - 2), `and ${lines.length - rows + 2} more`];
    this.#lines = fitting.map((line) => Array.from(line).slice(0, width).join(''));
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
