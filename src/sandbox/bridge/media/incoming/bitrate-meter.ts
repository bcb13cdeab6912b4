/** What something takes, over the last seconds (jitsi-videobridge takes the mean of 5 s, `RtpLayerDesc.kt`). */
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

  add(bytes: number, now: Milliseconds): void {
    if (now - this.#last > silence) {
      this.#bytes.fill(0);
      this.#since = now;
    }
    this.#last = now;
    this.#moveTo(now);
    const at = this.#slot % slots;
    this.#bytes[at] = (this.#bytes[at] ?? 0) + bytes;
  }

  /** bit/s; 0 when nothing has come for a while */
  bitrate(now: Milliseconds): number {
    if (now - this.#last > silence) return 0;
    this.#moveTo(now);
    let sum = 0;
    for (const bytes of this.#bytes) sum += bytes;
    const time = Math.min(slots * slotLength, Math.max(shortest, now - this.#since));
    return (sum * 8_000) / time;
  }

  #moveTo(now: Milliseconds): void {
    const slot = Math.floor(now / slotLength);
    for (let passed = Math.max(this.#slot + 1, slot - slots + 1); passed <= slot; passed++)
      this.#bytes[passed % slots] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
