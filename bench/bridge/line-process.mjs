/** A peer or the relay of the bench as a process: a request and its answer are a line of JSON each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class LineProcess {
  #name;
  #child;
  #waiting = [];
  #complaints = '';
  #ended;

  constructor(name, command, args) {
    this.#name = name;
    this.#child = spawn(command, args, { stdio: 'pipe' });
    this.#child.stdin.on('error', () => {}); // it may have ended
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line)),
    );
    this.#ended = this.#untilEnd();
  }

  async #untilEnd() {
    const [code, signal] = await once(this.#child, 'close');
    const error = new Error(`${this.#name} ended (${code ?? signal}): ${this.#complaints.trim()}`);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** @param patience ms */
  async request(request, patience = 15_000) {
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
        if (this.#child.exitCode !== null) reject(new Error(`${this.#name} has ended: ${this.#complaints}`));
        this.#child.stdin.write(`${JSON.stringify(request)}\n`);
        timer = setTimeout(
          () =>
            reject(new Error(`${this.#name} did not answer ${request.type} in time; ${this.#complaints}`)),
          patience,
        );
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets it end by itself, so that it writes its profile; not for ever. */
  async close() {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.#ended;
    clearTimeout(timer);
  }
}
