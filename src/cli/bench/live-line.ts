/** A line on the terminal that is written anew again and again; everything else appears above it. */
import type { CliIo } from '../streams/io.ts';
import type { Output } from '../streams/output.ts';

const clearLine = '\r\u001b[K';

export class LiveLine {
  readonly #io: CliIo;
  readonly #output: Output;
  #text = '';

  /** @param output keeps the line in its place until `end()` */
  constructor(io: CliIo, output: Output) {
    this.#io = io;
    this.#output = output;
    output.setGuard((write) => {
      this.#write(clearLine);
      write();
      this.#write(this.#text);
    });
  }

  show(text: string): void {
    const { columns = 80 } = this.#io.stderr as { columns?: number };
    // A line that wraps could not be taken back.
    this.#text = text.slice(0, columns - 1);
    this.#write(clearLine + this.#text);
  }

  /** Leaves the line as it is, with what follows below it. */
  end(): void {
    if (this.#text !== '') this.#write('\n');
    this.#output.setGuard(undefined);
  }

  #write(text: string): void {
    if (text !== '') this.#io.stderr.write(text);
  }
}
