/**
 * What an endpoint wants to receive of the others' videos (jitsi-videobridge `AllocationSettings.kt`).
 */
import type { ReceiverConstraints, VideoConstraints } from './channel/client-message.ts';

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

  /** Names of those that come first, in order; they need not exist. */
  get chosenSources(): readonly string[] {
    return [...this.#onStageSources, ...this.#selectedSources];
  }

  /** Names of sources with a constraint of their own. */
  get constrainedSources(): Iterable<string> {
    return this.#constraints.keys();
  }

  /** Sources without a constraint of their own are wanted too. */
  get wantsOthers(): boolean {
    return heightIn(this.#defaultConstraints) !== 0;
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

  isOnStage(source: string): boolean {
    return this.#onStageSources.includes(source);
  }

  /** The height wanted of a source, if there is room for it; -1 for no limit, 0 for not at all. */
  heightOf(source: string): number {
    return heightIn(this.#constraints.get(source) ?? this.#defaultConstraints);
  }
}

function heightIn({ maxFrameRate, maxHeight }: VideoConstraints): number {
  return maxFrameRate === 0 ? 0 : maxHeight;
}
