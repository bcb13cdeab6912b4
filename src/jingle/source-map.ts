/**
 * Everybody's sources as the focus has told of them: SSRC → source, by owner, with their groups. Jicofo checks what it
 * announces (`ValidatingConferenceSourceMap.kt`); the reader's side takes what makes sense and reports the rest.
 */
import { Allowance, type AllowanceLimits } from '../base/allowance.ts';
import type { Source, SourceSet, SsrcGroup } from './model.ts';

export interface AddedSources {
  /** What is new; without groups that were known or name an SSRC that is not. */
  added: SourceSet;
  /** SSRCs that were known already. They keep what was said first: the focus removes before it adds again. */
  duplicates: readonly Source[];
  /** How many there was no room for. */
  refused: number;
}

export interface RemovedSources {
  /** What is gone, in the words of its announcement, with all groups that it was in. */
  removed: SourceSet;
  /** SSRCs that were not known. */
  unknown: readonly Source[];
}

interface Entry {
  source: Source;
  /** By {@link keyOf}. */
  groups: Map<string, SsrcGroup>;
}

/** Three thousand participants with video; a focus may announce as many as it likes. */
const limits: AllowanceLimits = { entries: 20_000, characters: 16 * 1024 * 1024 };
/** An SSRC is in two. */
const mostGroups = 16;

/** Each operation takes constant time for each source concerned, however many there are. */
export class SourceMap implements Iterable<Source> {
  readonly #entries = new Map<number, Entry>();
  readonly #byOwner = new Map<string | undefined, Map<number, Entry>>();
  readonly #allowance = new Allowance<number>(limits);

  get size(): number {
    return this.#entries.size;
  }

  get(ssrc: number): Source | undefined {
    return this.#entries.get(ssrc)?.source;
  }

  /** The groups that an SSRC is in. */
  groupsOf(ssrc: number): SsrcGroup[] {
    return [...(this.#entries.get(ssrc)?.groups.values() ?? [])];
  }

  /** @param owner endpoint id; undefined for sources without an owner */
  ofOwner(owner: string | undefined): SourceSet {
    return setOf(this.#byOwner.get(owner)?.values() ?? []);
  }

  all(): SourceSet {
    return setOf(this.#entries.values());
  }

  *[Symbol.iterator](): IterableIterator<Source> {
    for (const { source } of this.#entries.values()) yield source;
  }

  add({ sources, groups }: SourceSet): AddedSources {
    const added: Source[] = [];
    const duplicates: Source[] = [];
    let refused = 0;
    for (const source of sources) {
      if (this.#entries.has(source.ssrc)) {
        duplicates.push(source);
        continue;
      }
      if (!this.#allowance.keep(source.ssrc, source)) {
        refused += 1;
        continue;
      }
      const entry: Entry = { source, groups: new Map() };
      this.#entries.set(source.ssrc, entry);
      const owned = this.#byOwner.get(source.owner) ?? new Map<number, Entry>();
      this.#byOwner.set(source.owner, owned.set(source.ssrc, entry));
      added.push(source);
    }
    const addedGroups = groups.filter((group) => this.#addGroup(group));
    return { added: { sources: added, groups: addedGroups }, duplicates, refused };
  }

  /** Sources are matched by SSRC only; their groups go with them, listed or not. */
  remove({ sources, groups }: SourceSet): RemovedSources {
    const removed: Source[] = [];
    const removedGroups: SsrcGroup[] = [];
    const unknown: Source[] = [];
    for (const source of sources) {
      const entry = this.#entries.get(source.ssrc);
      if (!entry) {
        unknown.push(source);
        continue;
      }
      for (const group of entry.groups.values()) removedGroups.push(...this.#removeGroup(group));
      this.#entries.delete(source.ssrc);
      this.#allowance.forget(source.ssrc);
      const owned = this.#byOwner.get(entry.source.owner);
      owned?.delete(source.ssrc);
      if (owned?.size === 0) this.#byOwner.delete(entry.source.owner);
      removed.push(entry.source);
    }
    for (const group of groups) removedGroups.push(...this.#removeGroup(group));
    return { removed: { sources: removed, groups: removedGroups }, unknown };
  }

  #addGroup(group: SsrcGroup): boolean {
    const key = keyOf(group);
    const members = group.ssrcs.flatMap((ssrc) => this.#entries.get(ssrc) ?? []);
    if (members.length < group.ssrcs.length || !members[0] || members[0].groups.has(key)) return false;
    if (members.some(({ groups }) => groups.size >= mostGroups)) return false;
    for (const { groups } of members) groups.set(key, group);
    return true;
  }

  /** The group as it was added; nothing if it was not. */
  #removeGroup(group: SsrcGroup): SsrcGroup[] {
    const key = keyOf(group);
    const known = this.#entries.get(group.ssrcs[0] ?? 0)?.groups.get(key);
    if (!known) return [];
    for (const ssrc of known.ssrcs) this.#entries.get(ssrc)?.groups.delete(key);
    return [known];
  }
}

function keyOf({ semantics, ssrcs }: SsrcGroup): string {
  return `${semantics} ${ssrcs.join(' ')}`;
}

function setOf(entries: Iterable<Entry>): SourceSet {
  const sources: Source[] = [];
  const groups = new Set<SsrcGroup>();
  for (const entry of entries) {
    sources.push(entry.source);
    for (const group of entry.groups.values()) groups.add(group);
  }
  return { sources, groups: [...groups] };
}
