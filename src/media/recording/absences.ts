/**
 * Times in which no session was there, or nothing of anybody came although there were pictures, which do not pause as sound does: what is
 * missing then was not lost one packet at a time.
 */
import type { MediaKind } from '../../rtp/parameters.ts';

/** ms without a frame of anybody, where there were pictures before */
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
  #pictureAt = -Infinity;
  #isAway = false;

  /** A frame has come. @param now ms */
  arrived(kind: MediaKind, now: number): void {
    const before = this.#arrivedAt;
    const pictureAt = this.#pictureAt;
    this.#arrivedAt = now;
    if (kind === 'video') this.#pictureAt = now;
    if (before === undefined) return;
    const isMissed = now - before >= shortest && before - pictureAt < shortest;
    if (!isMissed && !this.#isAway) return;
    this.#isAway = false;
    this.#known.push({ from: before, to: now });
    if (this.#known.length > most) this.#known.shift();
  }

  /** The session is over, or the connection, until the next frame. */
  away(): void {
    this.#isAway = true;
  }

  /** All that ended after `time`, in their order. */
  since(time: number): Absence[] {
    return this.#known.filter(({ to }) => to > time);
  }
}
