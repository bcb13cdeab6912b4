/** Bytes in the last second, by tenths of one. */
const slots = 10;
const slotLength = 100;

export class RateWindow {
  readonly #bytes: number[] = Array.from({ length: slots }, () => 0);
  /** The latest tenth that something was added in. */
  #slot = -Infinity;

  add(bytes: number, now: number): void {
    this.#moveTo(now);
    const at = this.#slot % slots;
    this.#bytes[at] = (this.#bytes[at] ?? 0) + bytes;
  }

  /** bit/s */
  bitrate(now: number): number {
    this.#moveTo(now);
    let sum = 0;
    for (const bytes of this.#bytes) sum += bytes;
    return sum * 8;
  }

  #moveTo(now: number): void {
    const slot = Math.floor(now / slotLength);
    for (let passed = Math.max(this.#slot + 1, slot - slots + 1); passed <= slot; passed++)
      this.#bytes[passed % slots] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
