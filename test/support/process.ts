/** A program that a test or script runs and talks to line by line. */
import { Child, type ChildOptions, type ExitStatus } from './child.ts';

/** How long a line or an exit is waited for, ms: far more than either takes. */
const patience = 60_000;

export class Program extends Child {
  readonly #name: string;

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    super(command, args, options);
    this.#name = [command, ...args].join(' ');
  }

  /** Complete lines of stdout so far. */
  get lines(): string[] {
    return completeLines(this.stdout);
  }

  /** Complete lines of stderr so far. */
  get errorLines(): string[] {
    return completeLines(this.stderr);
  }

  /** The lines of stdout as JSON. */
  get objects(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  writeLine(line: string): void {
    this.process.stdin.write(`${line}\n`);
  }

  endInput(): void {
    this.process.stdin.end();
  }

  /** The first line of stdout that matches, those that came before the call included. */
  waitForLine(wanted: string | RegExp): Promise<string> {
    return this.waitFor(() => this.lines.find((line) => matches(line, wanted)), `the line ${wanted}`);
  }

  /** The same for stderr. */
  waitForErrorLine(wanted: string | RegExp): Promise<string> {
    return this.waitFor(
      () => this.errorLines.find((line) => matches(line, wanted)),
      `the line ${wanted} on stderr`,
    );
  }

  /** The first object of stdout, one a line, that has these values. */
  waitForObject(wanted: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const has = (object: Record<string, unknown>): boolean =>
      Object.entries(wanted).every(([key, value]) => object[key] === value);
    return this.waitFor(() => this.objects.find(has), JSON.stringify(wanted));
  }

  /** The first value other than undefined that `look` finds in the output; asked again when there is more output. */
  waitFor<Value>(look: () => Value | undefined, what: string): Promise<Value> {
    return new Promise((resolve, reject) => {
      const streams = [this.process.stdout, this.process.stderr];
      const done = (settle: () => void): void => {
        clearTimeout(timer);
        for (const stream of streams) stream.off('data', check);
        settle();
      };
      const check = (): void => {
        try {
          const found = look();
          if (found !== undefined) done(() => resolve(found));
        } catch (error) {
          done(() => reject(error));
        }
      };
      const give = (why: string) => (): void => done(() => reject(this.#failure(`${why} without ${what}`)));
      const timer = setTimeout(give(`${patience / 1000} s passed`), patience);
      for (const stream of streams) stream.on('data', check);
      check();
      void this.exited.then(give('it ended'), give('it could not be started'));
    });
  }

  /** What `wanted` resolves with; rejects when the program ends before, as when it cannot come any more. */
  whileAlive<Value>(wanted: Promise<Value>): Promise<Value> {
    const ended = this.exited.then(() => Promise.reject(this.#failure('it ended')));
    return Promise.race([wanted, ended]);
  }

  /** Resolves with the exit when the program has ended by itself. */
  async waitForExit(): Promise<ExitStatus> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#failure(`it did not end within ${patience / 1000} s`)), patience);
    });
    try {
      return await Promise.race([this.exited, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #failure(what: string): Error {
    return new Error(`${this.#name}: ${what}\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`);
  }
}

function completeLines(text: string): string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/\r$/, ''));
}

function matches(line: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? line === wanted : wanted.test(line);
}
