/** How often a key frame may be asked for (jitsi-videobridge `KeyframeRequester.kt`, `jmt.keyframe`). */
import type { Milliseconds } from '../../../../base/clock.ts';

const minInterval: Milliseconds = 200;
const window: Milliseconds = 10_000;
const maxInWindow = 3;

/** Of one source, whoever asks. */
export class KeyFrameInterval {
  /** How often it was asked. */
  count = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** True if it may be asked now; it counts as asked then. */
  take(now: Milliseconds): boolean {
    if (now - this.#last < minInterval) return false;
    this.#last = now;
    this.count += 1;
    return true;
  }
}

/** Of one receiver, for one source. */
export class KeyFrameQuota {
  readonly #interval = new KeyFrameInterval();
  readonly #taken: Milliseconds[] = [];

  take(now: Milliseconds): boolean {
    const [first] = this.#taken;
    if (this.#taken.length === maxInWindow && first !== undefined && now - first < window) return false;
    if (!this.#interval.take(now)) return false;
    this.#taken.push(now);
    if (this.#taken.length > maxInWindow) this.#taken.shift();
    return true;
  }
}
