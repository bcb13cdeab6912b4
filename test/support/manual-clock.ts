/** Virtual time: nothing happens until a test says so. */
import type { Clock, Milliseconds } from '../../src/base/clock.ts';

interface Timer {
  at: Milliseconds;
  run: () => void;
}

export class ManualClock implements Clock {
  #now: Milliseconds;
  readonly #timers = new Set<Timer>();

  constructor(now: Milliseconds = 0) {
    this.#now = now;
  }

  now(): Milliseconds {
    return this.#now;
  }

  schedule(delay: Milliseconds, run: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, delay), run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass; what is due runs in the order of its time, and what that schedules runs too if it is due. */
  advance(duration: Milliseconds): void {
    const end = this.#now + duration;
    for (let timer = this.#next(); timer && timer.at <= end; timer = this.#next()) {
      this.#now = Math.max(this.#now, timer.at);
      this.#timers.delete(timer);
      timer.run();
    }
    this.#now = end;
  }

  /** Time passes in which nothing runs, as in a process that stands still: what is due then runs late. */
  stall(duration: Milliseconds): void {
    this.#now += duration;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.at < next.at) next = timer;
    return next;
  }
}
