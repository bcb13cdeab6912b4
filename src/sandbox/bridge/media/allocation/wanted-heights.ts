/** Who wants a video how high, and the greatest of it (jitsi-videobridge `ReceiverConstraintsMap.kt`). */

export class WantedHeights<Receiver = object> {
  readonly #heights = new Map<Receiver, number>();
  /** How many want each height: they are few, the receivers may be many. */
  readonly #counts = new Map<number, number>();

  /** -1 for no limit, 0 when nobody wants it. */
  get greatest(): number {
    return this.#counts.has(-1) ? -1 : Math.max(0, ...this.#counts.keys());
  }

  of(receiver: Receiver): number {
    return this.#heights.get(receiver) ?? 0;
  }

  /** @param height -1 for no limit, 0 for nothing */
  set(receiver: Receiver, height: number): void {
    const before = this.of(receiver);
    if (before === height) return;
    if (before !== 0) this.#count(before, -1);
    if (height === 0) {
      this.#heights.delete(receiver);
      return;
    }
    this.#count(height, 1);
    this.#heights.set(receiver, height);
  }

  #count(height: number, change: number): void {
    const count = (this.#counts.get(height) ?? 0) + change;
    if (count === 0) this.#counts.delete(height);
    else this.#counts.set(height, count);
  }
}
