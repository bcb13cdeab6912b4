/** Heights that parts of a program want of single sources, beside what it asks for as a whole. */
import type { ReceiverVideoConstraints, VideoConstraints } from '../../../jitsi/bridge-messages/index.ts';

/** Pixels that a bridge takes for those who ask without saying them (media dossier 5.6). */
export const defaultHeight = 180;

export class SourceHeights {
  readonly #wishes = new Set<{ source: string; maxHeight: number }>();

  get isEmpty(): boolean {
    return this.#wishes.size === 0;
  }

  /** @returns takes it back; false when it was taken back before */
  add(source: string, maxHeight: number): () => boolean {
    const wish = { source, maxHeight };
    this.#wishes.add(wish);
    return () => this.#wishes.delete(wish);
  }

  /** The source is gone, and with it what was wanted of it. @returns there was something */
  forget(source: string): boolean {
    const { size } = this.#wishes;
    for (const wish of this.#wishes) if (wish.source === source) this.#wishes.delete(wish);
    return this.#wishes.size < size;
  }

  /** All that a bridge is to be told: each field replaces what it had (media dossier 5.6). @param asked as a whole; undefined: nothing */
  addedTo(asked: ReceiverVideoConstraints | undefined): ReceiverVideoConstraints {
    // Whoever asks for nothing gets no video, and a bridge that is asked for some gives all of it.
    const base: ReceiverVideoConstraints = asked ?? { defaultConstraints: { maxHeight: 0 } };
    const { constraints = {}, defaultConstraints, lastN = -1, selectedSources = [] } = base;
    const wanted = new Map<string, VideoConstraints>(Object.entries(constraints));
    const names = new Set<string>();
    for (const { source, maxHeight } of this.#wishes) {
      const now = wanted.get(source) ?? defaultConstraints ?? { maxHeight: defaultHeight };
      wanted.set(source, { ...now, maxHeight: higher(now.maxHeight, maxHeight) });
      names.add(source);
    }
    return {
      ...base,
      constraints: Object.fromEntries(wanted),
      // Those that are selected come before whoever speaks.
      selectedSources: [...new Set([...selectedSources, ...names])],
      lastN: lastN < 0 ? lastN : lastN + names.size,
    };
  }
}

/** -1 is no limit. */
function higher(a: number, b: number): number {
  return a < 0 || b < 0 ? -1 : Math.max(a, b);
}
