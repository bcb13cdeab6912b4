/**
 * What an endpoint wants to receive of the others' videos, and what that makes of each of them (jitsi-videobridge
 * `AllocationSettings.kt`, `Prioritize.kt`).
 */
import type { ReceiverConstraints, VideoConstraints } from './client-message.ts';

export interface VideoSource {
  readonly name: string;
  /** It is being sent: its video type is not `none` or `disabled`. */
  readonly isEnabled: boolean;
}

/** Height until an endpoint says what it wants. */
const initialMaxHeight = 0;
/** Height for an endpoint that said something else, but not this. */
const defaultMaxHeight = 180;

export class ReceiverSettings {
  #lastN = -1;
  #selectedSources: readonly string[] = [];
  #onStageSources: readonly string[] = [];
  #constraints: ReadonlyMap<string, VideoConstraints> = new Map();
  #defaultConstraints: VideoConstraints = { maxHeight: initialMaxHeight, maxFrameRate: -1 };
  #isFirst = true;

  /** How many videos; -1 for all. */
  get lastN(): number {
    return this.#lastN;
  }

  setLastN(lastN: number): void {
    this.#lastN = lastN;
  }

  /** How many videos until the endpoint says so itself. */
  setInitialLastN(lastN: number): void {
    if (this.#isFirst) this.#lastN = lastN;
  }

  apply(changes: ReceiverConstraints): void {
    if (this.#isFirst) this.#defaultConstraints = { maxHeight: defaultMaxHeight, maxFrameRate: -1 };
    this.#isFirst = false;
    this.#lastN = changes.lastN ?? this.#lastN;
    this.#selectedSources = changes.selectedSources ?? this.#selectedSources;
    this.#onStageSources = changes.onStageSources ?? this.#onStageSources;
    this.#constraints = changes.constraints ?? this.#constraints;
    this.#defaultConstraints = changes.defaultConstraints ?? this.#defaultConstraints;
  }

  isChosen(source: string): boolean {
    return this.#onStageSources.includes(source) || this.#selectedSources.includes(source);
  }

  /**
   * The greatest height wanted of each source; -1 for no limit.
   * @param sources those of all others, in the order in which they are forwarded
   */
  effectiveHeights(sources: readonly VideoSource[]): Map<string, number> {
    const allowed = this.#lastN < 0 ? Number.POSITIVE_INFINITY : this.#lastN;
    const heights = new Map<string, number>();
    let wanted = 0;
    for (const { name, isEnabled } of this.#prioritized(sources)) {
      const { maxHeight, maxFrameRate } = this.#constraints.get(name) ?? this.#defaultConstraints;
      const isWanted = isEnabled && wanted < allowed && maxHeight !== 0 && maxFrameRate !== 0;
      heights.set(name, isWanted ? maxHeight : 0);
      if (isWanted) wanted += 1;
    }
    return heights;
  }

  /** On stage, selected, the others; last those that are not sent. */
  #prioritized(sources: readonly VideoSource[]): readonly VideoSource[] {
    const chosen = [...this.#onStageSources, ...this.#selectedSources];
    const rank = ({ name, isEnabled }: VideoSource): number => {
      if (!isEnabled) return chosen.length + 1;
      const index = chosen.indexOf(name);
      return index < 0 ? chosen.length : index;
    };
    return [...sources].sort((one, other) => rank(one) - rank(other));
  }
}
