/** One clock that hands out frames when they are due. Their times follow from how long they last, so that nothing drifts and timers may be late. */
import type { Clock } from '../../base/clock.ts';

/** ms */
const usuallyLate = 100;
/** ms: timers keep whole ones, and the next frame may as well come with this one */
const resolution = 1;
/** Frames in one go: files may have any number that last no time at all, and others want their turn. */
const mostAtOnce = 100;

export class Pacer {
  readonly #clock: Clock;
  readonly #next: (time: number) => number | undefined;
  readonly #mostLate: number;
  #due = -Infinity;
  #isRunning = false;
  #cancel: () => void = () => {};

  /**
   * @param clock does not jump, as `steadyClock`
   * @param next hands out the frame that is due, not before `start()` has returned: gets the clock's time, ms, at which it was due, which
   *   never goes back, and returns how long it lasts, ms. Undefined: there is none, and the pacer stops. It may call `start` and `stop`
   * @param mostLate ms that the machine may be late; what it missed beyond that is not sent in a burst, time has passed without it
   */
  constructor(clock: Clock, next: (time: number) => number | undefined, mostLate: number = usuallyLate) {
    this.#clock = clock;
    this.#next = next;
    this.#mostLate = mostLate;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The next frame is due at once, or when the last one is over. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#due = Math.max(this.#due, this.#clock.now());
    this.#schedule();
  }

  /** Until the next `start()` nothing is handed out. */
  stop(): void {
    this.#isRunning = false;
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel();
    this.#cancel = this.#clock.schedule(Math.max(0, this.#due - this.#clock.now()), () => this.#run());
  }

  #run(): void {
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now - this.#mostLate);
    for (let left = mostAtOnce; left > 0 && this.#isRunning && this.#due <= now + resolution; left -= 1) {
      const duration = this.#next(this.#due);
      if (duration === undefined) this.stop();
      else if (duration > 0) this.#due += duration;
    }
    if (this.#isRunning) this.#schedule();
  }
}
