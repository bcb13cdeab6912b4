/**
 * Sequence numbers without the packets that the bridge drops on purpose: receivers are to take no gap for a loss
 * (jitsi-videobridge `ResumableStreamRewriter.kt`).
 */

interface Cut {
  /** The last number that was dropped. */
  at: number;
  /** How many were dropped up to and with it. */
  removed: number;
}

/** Packets that come later than so many interruptions are not placed any more. */
const maxCuts = 32;

export class SequenceCuts {
  readonly #cuts: Cut[] = [{ at: Number.NEGATIVE_INFINITY, removed: 0 }];

  /** Drops a packet that is newer than all that were mapped. @param sequence unwrapped */
  cut(sequence: number): void {
    const last = this.#cuts.at(-1);
    const removed = (last?.removed ?? 0) + 1;
    if (last?.at === sequence - 1) {
      last.at = sequence;
      last.removed = removed;
      return;
    }
    this.#cuts.push({ at: sequence, removed });
    if (this.#cuts.length > maxCuts) this.#cuts.shift();
  }

  /** What has become this number; undefined for what was too long ago. */
  reverse(place: number): number | undefined {
    for (let index = this.#cuts.length - 1; index >= 0; index--) {
      const cut = this.#cuts[index];
      if (cut && place + cut.removed > cut.at) return place + cut.removed;
    }
    return undefined;
  }

  /** Undefined for what comes too late to be placed. */
  map(sequence: number): number | undefined {
    for (let index = this.#cuts.length - 1; index >= 0; index--) {
      const cut = this.#cuts[index];
      if (cut && sequence > cut.at) return sequence - cut.removed;
    }
    return undefined;
  }
}
