/** Times in which nothing of anybody came, or no session was there: what is missing then was not lost one packet at a time. */

/** ms without a frame of anybody, where there were some before */
const shortest = 700;
/** That are remembered. */
const most = 50;

/** ms */
export interface Absence {
  from: number;
  to: number;
}

export class Absences {
  readonly #known: Absence[] = [];
  #arrivedAt: number | undefined;
  #isAway = false;

  /** A frame has come. @param now ms */
  arrived(now: number): void {
    const before = this.#arrivedAt;
    this.#arrivedAt = now;
    if (before === undefined || (now - before < shortest && !this.#isAway)) return;
    this.#isAway = false;
    this.#known.push({ from: before, to: now });
    if (this.#known.length > most) this.#known.shift();
  }

  /** The session is over, or the connection. */
  away(): void {
    this.#isAway = true;
  }

  /** All that ended after `time`, as one. */
  since(time: number): Absence | undefined {
    const [first] = this.#known.filter(({ to }) => to > time);
    const last = this.#known.at(-1);
    return first && last && { from: first.from, to: last.to };
  }
}
