/**
 * Where a command's words go. stdout is data. stderr is for people; with `--json` it carries objects too, one a line, and
 * no status. `--quiet` silences status, nothing else. A reader that is too slow loses lines, and is told how many.
 */
import { styleText } from 'node:util';
import { JitsiError, messageOf } from '../../base/errors.ts';
import { onAbort } from '../../base/on-abort.ts';
import { withResolvers } from '../../base/resolvers.ts';
import { startTimer } from '../../base/timer.ts';
import type { CliIo, OutputStream } from './io.ts';
import { LineWriter } from './line-writer.ts';
import { printable, printableJson } from './printable.ts';

export interface OutputOptions {
  json: boolean;
  quiet: boolean;
  /** Errors that are our own fault come with a stack. */
  debug: boolean;
}

export type Style = Parameters<typeof styleText>[0];

/** Runs `write` with the screen prepared for it, as when somebody is typing there. */
export type ScreenGuard = (write: () => void) => void;

const unguarded: ScreenGuard = (write) => write();

/** ms that the last lines have to get out once the command was told to stop. */
const farewell = 500;

export class Output {
  readonly #io: CliIo;
  readonly #options: OutputOptions;
  readonly #stdout: LineWriter;
  readonly #stderr: LineWriter;
  #guard: ScreenGuard = unguarded;
  /** Lines that stdout has lost and nobody was told of. */
  #lost = 0;
  #hasTold = false;
  #stdoutIsForBytes = false;

  constructor(io: CliIo, options: OutputOptions) {
    this.#io = io;
    this.#options = options;
    const { json } = options;
    this.#stdout = new LineWriter(io.stdout, {
      mark: (count) => (json ? printableJson(droppedRecord(count)) : undefined),
      passed: (count) => {
        this.#lost += count;
        // Once when it begins, and the sum at the end.
        if (!this.#hasTold) this.#tellLost();
      },
    });
    this.#stderr = new LineWriter(io.stderr, {
      mark: (count) =>
        json ? printableJson(droppedRecord(count)) : `warning: ${count} lines were not read in time here`,
    });
  }

  /** @param guard undefined: nothing is on the screen that has to be kept */
  setGuard(guard: ScreenGuard | undefined): void {
    this.#guard = guard ?? unguarded;
  }

  /** From now on stdout is for bytes alone, which somebody else writes: objects go where people's words go. */
  keepStdoutForBytes(): void {
    this.#stdoutIsForBytes = true;
  }

  get json(): boolean {
    return this.#options.json;
  }

  get quiet(): boolean {
    return this.#options.quiet;
  }

  /** A line of data. */
  data(line: string): void {
    this.#write(this.#io.stdout, line);
  }

  /** An object as one line; with `pretty` over several where a person looks at it and did not ask for `--json`. */
  object(value: unknown, options: { pretty?: boolean } = {}): void {
    if (this.#stdoutIsForBytes) return this.#object(value);
    const pretty = options.pretty === true && !this.#options.json && this.#io.stdout.isTTY === true;
    this.data(printableJson(value, pretty ? 2 : undefined));
  }

  /** What is going on. */
  status(text: string): void {
    if (!this.#options.quiet) this.notice(text);
  }

  /** What is going on, as an object for programs or in words for people. */
  news(record: object, words: string): void {
    if (this.json) this.object(record);
    else this.status(`* ${words}`);
  }

  /** An answer to what somebody typed. */
  notice(text: string): void {
    if (!this.#options.json)
      this.#write(this.#io.stderr, this.style('dim', printable(text), this.#io.stderr));
  }

  warn(message: string): void {
    if (this.#options.json) this.#object({ type: 'warning', message });
    else
      this.#write(
        this.#io.stderr,
        `${this.style('yellow', 'warning:', this.#io.stderr)} ${printable(message)}`,
      );
  }

  /** A line of the log, for `--debug`. */
  debug(line: string): void {
    this.#write(this.#io.stderr, printable(line));
  }

  error(error: unknown): void {
    const message = messageOf(error);
    const [code, kind] =
      error instanceof JitsiError ? [error.code, error.kind] : ['internal-error', 'internal'];
    if (this.#options.json) this.#object({ type: 'error', code, kind, message });
    else
      this.#write(
        this.#io.stderr,
        `${this.style('red', 'error:', this.#io.stderr)} ${printable(message)} [${printable(code)}]`,
      );
    if (this.#options.debug && error instanceof Error && error.stack !== undefined)
      for (const line of error.stack.split('\n')) this.debug(line);
  }

  /** `text` in colour where `stream` is a terminal, and https://no-color.org does not forbid it. */
  style(style: Style, text: string, stream: OutputStream = this.#io.stdout): string {
    if (stream.isTTY !== true || (this.#io.env.NO_COLOR ?? '') !== '') return text;
    return styleText(style, text, { validateStream: false });
  }

  /**
   * Waits until everything is written; when the command was told to stop, only a moment. Then tells of what is lost.
   */
  async finish(): Promise<void> {
    const { signal } = this.#io;
    const { promise: late, resolve: giveUp } = withResolvers();
    let cancel = (): void => {};
    const off = onAbort(signal, () => {
      cancel = startTimer(farewell, giveUp);
    });
    await Promise.race([this.#stdout.flushed(), late]);
    this.#lost += this.#stdout.unwritten;
    this.#tellLost();
    await Promise.race([this.#stderr.flushed(), late]);
    off();
    cancel();
  }

  #tellLost(): void {
    if (this.#lost === 0) return;
    const record = droppedRecord(this.#lost);
    this.#lost = 0;
    this.#hasTold = true;
    if (this.#options.json) this.#object(record);
    else this.warn(record.message);
  }

  #object(value: unknown): void {
    this.#write(this.#io.stderr, printableJson(value));
  }

  #write(stream: OutputStream, line: string): void {
    const writer = stream === this.#io.stdout ? this.#stdout : this.#stderr;
    this.#guard(() => writer.write(line));
  }
}

function droppedRecord(lines: number): { type: 'dropped'; lines: number; message: string } {
  return {
    type: 'dropped',
    lines,
    message: `stdout is not read fast enough: ${lines} ${lines === 1 ? 'line is' : 'lines are'} missing`,
  };
}
