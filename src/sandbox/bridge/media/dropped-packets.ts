/** Counts packets that are dropped, and tells those apart that were not seen before. */

/** So many different ones are told of. */
const maxKinds = 64;

export class DroppedPackets {
  #count = 0;
  readonly #kinds = new Set<string>();

  get count(): number {
    return this.#count;
  }

  /** Returns true for the first of its kind. */
  add({ payloadType, ssrc }: { payloadType: number; ssrc: number }): boolean {
    this.#count += 1;
    const kind = `${ssrc} ${payloadType}`;
    if (this.#kinds.has(kind) || this.#kinds.size === maxKinds) return false;
    this.#kinds.add(kind);
    return true;
  }
}
