/**
 * The greatest height that anybody wants of each video of one endpoint; the endpoint is told when it changes (jitsi-videobridge
 * `AbstractEndpoint.kt`, `ReceiverConstraintsMap.kt`).
 */

export class SenderConstraints {
  readonly #heights = new Map<string, number>();

  /** All that is known, by source. */
  get heights(): ReadonlyMap<string, number> {
    return this.#heights;
  }

  /**
   * Takes in what the receivers want now. Returns what has changed.
   * @param sources names of the videos that the endpoint has
   * @param receivers what each of the others wants; without any, a video that nobody ever wanted stays unknown
   */
  update(sources: readonly string[], receivers: readonly ReadonlyMap<string, number>[]): Map<string, number> {
    for (const known of this.#heights.keys()) if (!sources.includes(known)) this.#heights.delete(known);
    const changed = new Map<string, number>();
    for (const source of sources) {
      if (receivers.length === 0 && !this.#heights.has(source)) continue;
      const height = greatest(receivers.map((heights) => heights.get(source) ?? 0));
      if (this.#heights.get(source) === height) continue;
      this.#heights.set(source, height);
      changed.set(source, height);
    }
    return changed;
  }
}

function greatest(heights: readonly number[]): number {
  return heights.includes(-1) ? -1 : Math.max(0, ...heights);
}
