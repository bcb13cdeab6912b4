/**
 * What something takes, over the last seconds in which it came (jitsi-videobridge takes the mean of 5 s, `RtpLayerDesc.kt`). What pauses is taken to come again as it
 * was: if it then took nothing, everything would fit.
 */
import type { Milliseconds } from '../../../../base/clock.ts';

const slots = 20;
const slotLength: Milliseconds = 250;
/** What began a moment ago with a key frame takes less than it seems. */
const shortest: Milliseconds = 1_000;
/** Nothing comes any more. */
const silence: Milliseconds = 2_000;

export class BitrateMeter {
  readonly #bytes = new Float64Array(slots);
  #slot = Number.NEGATIVE_INFINITY;
  #since = Number.NEGATIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /** bit/s before the last silence */
  #before = 0;

  add(bytes: number, now: Milliseconds): void {
    if (!this.isActive(now)) {
      this.#before = this.bitrate;
      this.#bytes.fill(0);
      this.#since = now;
    }
    this.#last = Math.max(this.#last, now);
    this.#moveTo(now);
    const at = this.#slot % slots;
    this.#bytes[at] = (this.#bytes[at] ?? 0) + bytes;
  }

  /** Something has come a short while ago. */
  isActive(now: Milliseconds): boolean {
    return now - this.#last <= silence;
  }

  /** It has come for long enough to say what it takes. */
  get isMeasured(): boolean {
    return this.#last - this.#since >= shortest;
  }

  /** bit/s; 0 when nothing has ever come */
  get bitrate(): number {
    let sum = 0;
    for (const bytes of this.#bytes) sum += bytes;
    if (sum === 0) return 0;
    const time = Math.min(slots * slotLength, Math.max(shortest, this.#last - this.#since));
    const measured = (sum * 8_000) / time;
    return this.isMeasured ? measured : Math.max(this.#before, measured);
  }

  #moveTo(now: Milliseconds): void {
    const slot = Math.floor(now / slotLength);
    for (let passed = Math.max(this.#slot + 1, slot - slots + 1); passed <= slot; passed++)
      this.#bytes[passed % slots] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
