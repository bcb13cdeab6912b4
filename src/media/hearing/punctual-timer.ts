/**
 * A timer for what is missing: it looks again a moment later when it is late itself, for then it was this process that stood still, and what
 * seems to be missing waits to be read.
 */
import type { Clock, Milliseconds } from '../../base/clock.ts';

/** ms by which it may be late, and in which what waits is read */
const [mostLate, moment]: readonly [Milliseconds, Milliseconds] = [40, 100];

export class PunctualTimer {
  readonly #clock: Clock;
  readonly #run: () => void;
  #due: Milliseconds | undefined;
  #cancel = (): void => {};

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Runs then, instead of when it was to run. */
  at(time: Milliseconds): void {
    if (time === this.#due) return;
    this.cancel();
    this.#due = time;
    const delay = time - this.#clock.now();
    if (delay < -mostLate) this.#fireSoon();
    else
      this.#cancel = this.#clock.schedule(Math.max(0, delay), () => {
        if (this.#clock.now() - time > mostLate) this.#fireSoon();
        else this.#fire();
      });
  }

  cancel(): void {
    this.#cancel();
    this.#cancel = () => {};
    this.#due = undefined;
  }

  #fireSoon(): void {
    this.#cancel = this.#clock.schedule(moment, () => this.#fire());
  }

  #fire(): void {
    this.#due = undefined;
    this.#run();
  }
}
