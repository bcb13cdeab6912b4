/** Things that are done later, in their order: one never overtakes an earlier one, also when the delay has become shorter. */
import type { Clock, Milliseconds } from '../base/clock.ts';

export class DelayLine {
  readonly #clock: Clock;
  readonly #waiting: { due: Milliseconds; run: () => void }[] = [];
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** When the last one that waits is done; undefined when none does. */
  get end(): Milliseconds | undefined {
    return this.#waiting.at(-1)?.due;
  }

  /** Does it at `due`, or right now if that is now or earlier and nothing waits. */
  at(due: Milliseconds, run: () => void): void {
    const now = this.#clock.now();
    if (due <= now && this.#waiting.length === 0) {
      run();
      return;
    }
    const next = Math.max(due, this.end ?? now);
    this.#waiting.push({ due: next, run });
    this.#cancel ??= this.#clock.schedule(next - now, () => this.#runDue());
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting.length = 0;
  }

  #runDue(): void {
    this.#cancel = undefined;
    while (this.#waiting[0] && this.#waiting[0].due <= this.#clock.now()) this.#waiting.shift()?.run();
    if (this.#waiting[0]) {
      this.#cancel ??= this.#clock.schedule(this.#waiting[0].due - this.#clock.now(), () => this.#runDue());
    }
  }
}
