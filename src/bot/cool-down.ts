/** How soon somebody may ask again. What is asked too soon is answered once, and not at all until it is time. */
import type { Milliseconds } from '../base/clock.ts';

/** People who are remembered; who asks least recently is forgotten first. */
const mostRemembered = 1_000;

export class CoolDown {
  readonly #until = new Map<string, { at: Milliseconds; isTold: boolean }>();

  /**
   * @param who any text that is theirs
   * @param time ms until they may ask again, if they may now
   * @returns `yes`; `tell` with the ms they have to wait; `ignore` when they know that
   */
  ask(who: string, time: number, now: Milliseconds): 'yes' | 'ignore' | { tell: number } {
    const known = this.#until.get(who);
    if (known && now < known.at) {
      if (known.isTold) return 'ignore';
      known.isTold = true;
      return { tell: known.at - now };
    }
    this.#until.delete(who);
    if (time > 0) this.#until.set(who, { at: now + time, isTold: false });
    const [oldest] = this.#until.keys();
    if (this.#until.size > mostRemembered && oldest !== undefined) this.#until.delete(oldest);
    return 'yes';
  }
}
