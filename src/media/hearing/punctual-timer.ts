/**
 * A timer for what is missing: it looks again a moment later when it is late itself, for then it was this process that stood still, and what
 * seems to be missing waits to be read. As a rule nothing is missing, and it is put off fifty times a second: the clock is asked again only when it rings.
 */
import type { Clock, Milliseconds } from '../../base/clock.ts';

/** ms by which it may be late, and in which what waits is read */
const [mostLate, moment]: readonly [Milliseconds, Milliseconds] = [40, 100];

export class PunctualTimer {
  readonly #clock: Clock;
  readonly #run: () => void;
  #due: Milliseconds | undefined;
  /** When the clock rings, if it does. */
  #ringsAt = Infinity;
  #stop = (): void => {};

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Runs then, instead of when it was to run. */
  at(time: Milliseconds): void {
    if (time === this.#due) return;
    this.#due = time;
    if (this.#ringsAt > time) this.#ring(time);
  }

  /** Nothing is due, until `at` says so, which is soon. */
  rest(): void {
    this.#due = undefined;
  }

  /** Nothing of it is left. */
  cancel(): void {
    this.#due = undefined;
    this.#stop();
    this.#ringsAt = Infinity;
  }

  #ring(time: Milliseconds): void {
    const now = this.#clock.now();
    if (time - now < -mostLate) this.#schedule(now + moment, moment, () => this.#fire());
    else
      this.#schedule(time, Math.max(0, time - now), () => {
        if (this.#clock.now() - time > mostLate) this.#schedule(time + moment, moment, () => this.#fire());
        else this.#fire();
      });
  }

  #schedule(time: Milliseconds, delay: Milliseconds, then: () => void): void {
    this.#stop();
    this.#ringsAt = time;
    this.#stop = this.#clock.schedule(delay, () => {
      this.#ringsAt = Infinity;
      if (this.#due !== undefined && this.#due > time) this.#ring(this.#due);
      else if (this.#due !== undefined) then();
    });
  }

  #fire(): void {
    this.#due = undefined;
    this.#run();
  }
}
