/**
 * Not reading from endpoints that send faster than a receiver takes it. A real bridge reads on and drops what finds no room in its
 * queue of 50; here that is a fault, and without it nothing is to be lost. Nobody is held back for long by one who has stopped reading.
 */
import type { Clock, Milliseconds } from '../../../base/clock.ts';

/** A channel that messages come from. */
export interface PausableChannel {
  /** Reads no more until `resume` was called as often. A data channel reads on. */
  pause(): void;
  resume(): void;
}

/** A receiver that has not caught up by then is not waited for until it has. */
const patience: Milliseconds = 5_000;

/** Of one receiver. */
export class BackPressure {
  readonly #clock: Clock;
  readonly #held = new Set<PausableChannel>();
  #isGivenUp = false;
  #cancelTimer: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The receiver has enough to read for now. */
  hold(sender: PausableChannel): void {
    if (this.#isGivenUp || this.#held.has(sender)) return;
    if (this.#held.size === 0) {
      this.#cancelTimer = this.#clock.schedule(patience, () => {
        this.#isGivenUp = true;
        this.#release();
      });
    }
    this.#held.add(sender);
    sender.pause();
  }

  /** The receiver has caught up, or is gone. */
  caughtUp(): void {
    this.#isGivenUp = false;
    this.#cancelTimer();
    this.#release();
  }

  #release(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const sender of held) sender.resume();
  }
}
