/** Times in which nothing of anybody came, or no session was there: what is missing then was not lost one packet at a time. */

/** ms without a frame of anybody, where there were some before */
const shortest = 700;
/** That are remembered. */
const most = 50;

export class Absences {
  readonly #ends: number[] = [];
  #arrivedAt: number | undefined;
  #isAway = false;

  /** A frame has come. @param now ms */
  arrived(now: number): void {
    const before = this.#arrivedAt;
    this.#arrivedAt = now;
    if (before === undefined || (now - before < shortest && !this.#isAway)) return;
    this.#isAway = false;
    this.#ends.push(now);
    if (this.#ends.length > most) this.#ends.shift();
  }

  /** The session is over, or the connection. */
  away(): void {
    this.#isAway = true;
  }

  /** There was one that ended after `time`. */
  since(time: number): boolean {
    return (this.#ends.at(-1) ?? -Infinity) > time;
  }
}
