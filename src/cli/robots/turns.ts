/** Speaking in turns: everybody once before the first speaks again, one at a time or in pairs. */
import type { Clock } from '../../base/clock.ts';

/** `overlap`: every second one falls into the words of the one before, who is half through. */
export const talkPatterns = ['turns', 'overlap'] as const;
export type TalkPattern = (typeof talkPatterns)[number];

export interface Speaker {
  /** @param ended called when all is said, not before `start` has returned, and not after `stop` */
  start(ended: () => void): void;
  stop(): void;
}

export interface TurnsOptions {
  /** Default `turns`. */
  pattern?: TalkPattern | undefined;
  /** ms that each speaks */
  duration: number;
  clock: Clock;
}

export class Turns {
  readonly #speakers: Speaker[] = [];
  readonly #options: TurnsOptions;
  readonly #speaking = new Set<Speaker>();
  /** Who began last. */
  #current: Speaker | undefined;
  /** Somebody will fall into the words of the current one. */
  #isInterrupted = false;
  #cancel: () => void = () => {};

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  add(speaker: Speaker): void {
    this.#speakers.push(speaker);
  }

  /** The first begins, or the next. */
  next(): void {
    this.#cancel();
    const { clock, duration, pattern } = this.#options;
    const following = this.#speakers.shift();
    this.#current = following;
    if (!following) return;
    this.#speakers.push(following);
    // Where others have left, it may still speak.
    if (!this.#speaking.has(following)) this.#begin(following);
    this.#isInterrupted = pattern === 'overlap' && this.#speakers.length > 1 && !this.#isInterrupted;
    if (this.#isInterrupted) this.#cancel = clock.schedule(duration / 2, () => this.next());
  }

  /** Goes on without somebody. */
  remove(speaker: Speaker): void {
    const index = this.#speakers.indexOf(speaker);
    if (index >= 0) this.#speakers.splice(index, 1);
    this.#silence(speaker);
    if (this.#current === speaker) this.next();
  }

  stop(): void {
    this.#cancel();
    this.#current = undefined;
    for (const speaker of this.#speaking) this.#silence(speaker);
  }

  #begin(speaker: Speaker): void {
    this.#speaking.add(speaker);
    speaker.start(() => {
      this.#speaking.delete(speaker);
      if (this.#current === speaker) this.next();
    });
  }

  #silence(speaker: Speaker): void {
    this.#speaking.delete(speaker);
    speaker.stop();
  }
}
