/** A program of ours as a process of its own, which writes one JSON object a line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { root } from './run.mjs';

/** How long a program may take for what is expected of it, ms. */
const patience = 30_000;

export class Program {
  #name;
  #child;
  #records = [];
  #waiting = new Set();
  #complaints = '';
  #ended;

  constructor(name, args) {
    this.#name = name;
    this.#child = spawn(process.execPath, [`${root}dist/cli/main.js`, ...args], { stdio: 'pipe' });
    this.#child.stdin.on('error', () => {}); // it may have ended
    this.#child.stderr.setEncoding('utf8').on('data', (text) => (this.#complaints += text));
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => this.#take(line));
    this.#ended = once(this.#child, 'close').then(([code, signal]) => code ?? signal);
  }

  write(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  /** There is no more to write to it. */
  end() {
    this.#child.stdin.end();
  }

  /** The first object it writes, or wrote, that fits; what it is goes into the error when none comes. */
  async saw(what, fits) {
    const known = this.#records.find(fits);
    if (known) return known;
    const found = new Promise((resolve) => {
      const look = (record) => fits(record) && resolve(record);
      this.#waiting.add(look);
    });
    return this.#inTime(what, Promise.race([found, this.#ended.then(() => undefined)]));
  }

  /** Its exit code, once it ends by itself. */
  exitCode() {
    return this.#inTime('its end', this.#ended);
  }

  /** Ends it, if it still runs. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #take(line) {
    let record;
    try {
      record = JSON.parse(line);
    } catch {
      this.#complaints += `not JSON: ${line}\n`;
      return;
    }
    this.#records.push(record);
    for (const look of this.#waiting) look(record);
  }

  async #inTime(what, outcome) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    const value = await Promise.race([outcome, late]);
    clearTimeout(timer);
    if (value !== undefined) return value;
    const output = [...this.#records.map((record) => JSON.stringify(record)), this.#complaints].join('\n');
    throw new Error(`${this.#name} did not show ${what}; it wrote:\n${output}`);
  }
}
