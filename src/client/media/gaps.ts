/** Times without media because a session, or the way to the bridge, was away: from the last packet before to the first after. */
import type { Milliseconds } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';

/** ms; less is heard by nobody, and is no gap */
const shortest: Milliseconds = 200;

export interface GapFigures {
  /** How often media was away for longer than 0.2 s while a session was moved, restarted or lost. */
  gaps: number;
  /** ms, of the last of them: from the last packet before to the first after. */
  lastGap?: Milliseconds;
  /** ms */
  longestGap?: Milliseconds;
}

export class Gaps {
  #packetAt: Milliseconds | undefined;
  #isAway = false;
  #count = 0;
  #last: Milliseconds | undefined;
  #longest: Milliseconds | undefined;

  /** A packet has come, or gone. */
  packet(now: Milliseconds): void {
    if (this.#isAway && this.#packetAt !== undefined && now - this.#packetAt >= shortest) {
      this.#last = Math.round(now - this.#packetAt);
      this.#longest = Math.max(this.#last, this.#longest ?? 0);
      this.#count += 1;
    }
    this.#isAway = false;
    this.#packetAt = now;
  }

  /** No packet can come or go until further notice. */
  away(): void {
    this.#isAway = true;
  }

  /** There are none to be had: it is muted, or not wanted. */
  pause(): void {
    this.#packetAt = undefined;
  }

  get figures(): GapFigures {
    return defined({ gaps: this.#count, lastGap: this.#last, longestGap: this.#longest });
  }
}
