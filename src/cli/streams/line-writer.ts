/**
 * Lines to a stream that may be read slowly, or not at all: what waits is bounded. Whole lines are dropped, oldest first, and
 * counted.
 */
import type { Writable } from 'node:stream';

export interface GapOptions {
  /** A line to stand where `count` lines are missing; undefined: none. */
  mark?: (count: number) => string | undefined;
  /** Lines are missing, and the reader has come as far. */
  passed?: (count: number) => void;
}

/** Characters that wait for a reader, besides what stream and pipe hold. */
const waitingLimit = 1024 * 1024;

export class LineWriter {
  readonly #stream: Writable;
  readonly #gap: GapOptions;
  /** Lines that wait, from `#head` on. */
  #waiting: string[] = [];
  #head = 0;
  #size = 0;
  /** Lines dropped since the last one that was written. */
  #missing = 0;
  /** Lines that the stream has and has not written yet. */
  #pending = 0;
  #isBlocked = false;
  #isBroken = false;
  #idle: (() => void)[] = [];

  /** The stream's errors are handled by whoever owns it. */
  constructor(stream: Writable, gap: GapOptions = {}) {
    this.#stream = stream;
    this.#gap = gap;
    const broken = (): void => {
      this.#isBroken = true;
      this.#waiting = [];
      this.#head = 0;
      this.#settle();
    };
    stream.on('error', broken);
    stream.on('close', broken);
    stream.on('drain', () => this.#pump());
  }

  write(line: string): void {
    if (this.#isBroken) return;
    if (!this.#isBlocked) {
      this.#send(`${line}\n`);
      return;
    }
    this.#waiting.push(line);
    this.#size += line.length;
    while (this.#size > waitingLimit && this.#waiting.length - this.#head > 1) {
      this.#take();
      this.#missing += 1;
    }
  }

  /** Resolves when everything is written, by whomever, or cannot be any more. */
  flushed(): Promise<void> {
    if (this.#isIdle && !this.#isBroken && this.#stream.writableLength > 0) this.#send('');
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Lines that nobody will see if the process ends now. */
  get unwritten(): number {
    return this.#isBroken ? 0 : this.#missing + this.#waiting.length - this.#head + this.#pending;
  }

  get #isIdle(): boolean {
    return this.#isBroken || (this.#pending === 0 && this.#head === this.#waiting.length);
  }

  #pump(): void {
    this.#isBlocked = false;
    if (this.#missing > 0) {
      const count = this.#missing;
      this.#missing = 0;
      const mark = this.#gap.mark?.(count);
      if (mark !== undefined) this.#send(`${mark}\n`);
      this.#gap.passed?.(count);
    }
    while (!this.#isBlocked && this.#head < this.#waiting.length) this.#send(`${this.#take()}\n`);
    this.#settle();
  }

  #take(): string {
    const line = this.#waiting[this.#head] ?? '';
    this.#waiting[this.#head] = '';
    this.#head += 1;
    this.#size -= line.length;
    // Moving what is left costs less than one step a line.
    if (this.#head > 1000 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return line;
  }

  #send(text: string): void {
    this.#pending += 1;
    const isTaken = this.#stream.write(text, () => {
      this.#pending -= 1;
      this.#settle();
    });
    this.#isBlocked = !isTaken;
  }

  #settle(): void {
    if (!this.#isIdle) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
