import type { Clock, Milliseconds } from '../../base/clock.ts';

/** One thing that is due some time: starting it again replaces what was due before. */
export class Timer {
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isRunning(): boolean {
    return this.#cancel !== undefined;
  }

  start(delay: Milliseconds, run: () => void): void {
    this.stop();
    this.#cancel = this.#clock.schedule(delay, () => {
      this.#cancel = undefined;
      run();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
