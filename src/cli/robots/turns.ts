/** Speaking in turns: one at a time, and everybody once before the first speaks again. */
import type { Clock } from '../../base/clock.ts';

export interface Speaker {
  start(): void;
  stop(): void;
}

export class Turns {
  readonly #speakers: Speaker[] = [];
  readonly #clock: Clock;
  readonly #duration: number;
  #current: Speaker | undefined;
  #cancel: () => void = () => {};

  /** @param duration ms that each speaks */
  constructor(duration: number, clock: Clock) {
    this.#duration = duration;
    this.#clock = clock;
  }

  add(speaker: Speaker): void {
    this.#speakers.push(speaker);
  }

  /** The first begins, or the next. */
  next(): void {
    this.stop();
    const following = this.#speakers.shift();
    if (!following) return;
    this.#speakers.push(following);
    this.#current = following;
    following.start();
    this.#cancel = this.#clock.schedule(this.#duration, () => this.next());
  }

  /** Goes on without somebody. */
  remove(speaker: Speaker): void {
    const index = this.#speakers.indexOf(speaker);
    if (index >= 0) this.#speakers.splice(index, 1);
    if (this.#current === speaker) this.next();
  }

  stop(): void {
    this.#cancel();
    this.#current?.stop();
    this.#current = undefined;
  }
}
