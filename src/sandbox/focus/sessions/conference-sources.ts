/**
 * The sources of a conference, and the rules that a change must obey (jicofo `ValidatingConferenceSourceMap.kt`), refused in
 * Jicofo's words. A change is taken as a whole or not at all. Rules are looked at in Jicofo's order, because only the first
 * one broken is named.
 */
import type { MediaType, Source, SourceSet, SsrcGroup } from '../../../jingle/model.ts';

/** `max-ssrcs-per-user` and `max-ssrc-groups-per-user` of jicofo's `reference.conf`. */
const ssrcLimit = 20;
const groupLimit = 20;

export const noSources: SourceSet = { sources: [], groups: [] };

/** What was really added or removed; or why nothing was. */
export type SourceChange = { ok: true; changed: SourceSet } | { ok: false; text: string };

export class ConferenceSources {
  readonly #sets = new Map<string, SourceSet>();
  readonly #ssrcs = new Set<number>();
  readonly #msidOwners = new Map<string, string>();

  of(owner: string): SourceSet {
    return this.#sets.get(owner) ?? noSources;
  }

  /** Everybody's sources but `owner`'s. */
  except(owner: string): SourceSet {
    const others = [...this.#sets].filter(([id]) => id !== owner).map(([, set]) => set);
    return {
      sources: others.flatMap(({ sources }) => sources),
      groups: others.flatMap(({ groups }) => groups),
    };
  }

  add(owner: string, wanted: SourceSet): SourceChange {
    const existing = this.of(owner);
    const own = ownedBy(owner, wanted);
    for (const { ssrc, msid } of own.sources) {
      if (!(ssrc > 0 && ssrc < 2 ** 32)) return refused(`Invalid SSRC: ${ssrc}.`);
      // Adding one's own source again is refused too.
      if (this.#ssrcs.has(ssrc)) return refused(`SSRC is already used: ${ssrc}.`);
      if (msid !== undefined && (this.#msidOwners.get(msid) ?? owner) !== owner) {
        return refused(`MSID is already used: ${msid}.`);
      }
      if (existing.sources.length + own.sources.length > ssrcLimit) {
        return refused(`SSRC limit (${ssrcLimit}) exceeded.`);
      }
    }
    const sources = [...existing.sources, ...own.sources];
    const ssrcs = new Set(sources.map(({ ssrc }) => ssrc));
    const newGroups: SsrcGroup[] = [];
    for (const group of own.groups) {
      if (group.ssrcs.length === 0 || existing.groups.some((other) => sameGroup(other, group))) continue;
      if (!group.ssrcs.every((ssrc) => ssrcs.has(ssrc))) {
        return refused(
          `An SSRC group contains an SSRC, which hasn't been signaled as a source: ${list(group.ssrcs)}.`,
        );
      }
      newGroups.push(group);
    }
    if (existing.groups.length + newGroups.length > groupLimit) {
      return refused(`ssrc-group limit (${groupLimit}) exceeded.`);
    }
    const result = { sources, groups: [...existing.groups, ...newGroups] };
    const fault = faultOf(result);
    if (fault !== undefined) return refused(fault);
    this.#sets.set(owner, result);
    for (const { ssrc, msid } of own.sources) {
      this.#ssrcs.add(ssrc);
      if (msid !== undefined) this.#msidOwners.set(msid, owner);
    }
    return { ok: true, changed: { sources: own.sources, groups: newGroups } };
  }

  /** Sources are matched by SSRC alone; groups that lose a member go with it. */
  remove(owner: string, wanted: SourceSet): SourceChange {
    const existing = this.of(owner);
    // Jicofo prints the SSRC that it does not have here as null.
    if (existing.sources.length === 0)
      return refused('Source does not exist or is not owned by endpoint null.');
    const removed = new Map<number, Source>();
    for (const { ssrc } of wanted.sources) {
      const source = existing.sources.find((candidate) => candidate.ssrc === ssrc);
      if (!source) return refused(`Source does not exist or is not owned by endpoint (ssrc=${ssrc}).`);
      removed.set(ssrc, source);
    }
    if (!wanted.groups.every((group) => existing.groups.some((other) => sameGroup(other, group)))) {
      return refused('Source group does not exist');
    }
    const isRemoved = (group: SsrcGroup): boolean =>
      wanted.groups.some((other) => sameGroup(other, group)) || group.ssrcs.some((ssrc) => removed.has(ssrc));
    const result = {
      sources: existing.sources.filter(({ ssrc }) => !removed.has(ssrc)),
      groups: existing.groups.filter((group) => !isRemoved(group)),
    };
    const fault = faultOf(result);
    if (fault !== undefined) return refused(fault);
    const changed = { sources: [...removed.values()], groups: existing.groups.filter(isRemoved) };
    this.#replace(owner, result, changed.sources);
    return { ok: true, changed };
  }

  /** Forgets everything of `owner`; returns what it had. */
  removeAll(owner: string): SourceSet {
    const existing = this.of(owner);
    this.#replace(owner, noSources, existing.sources);
    return existing;
  }

  #replace(owner: string, remaining: SourceSet, removed: readonly Source[]): void {
    if (remaining.sources.length === 0) this.#sets.delete(owner);
    else this.#sets.set(owner, remaining);
    for (const { ssrc, msid } of removed) {
      this.#ssrcs.delete(ssrc);
      if (msid !== undefined && !remaining.sources.some((source) => source.msid === msid)) {
        this.#msidOwners.delete(msid);
      }
    }
  }
}

/** What is wrong with one endpoint's set, if anything. */
function faultOf({ sources, groups }: SourceSet): string | undefined {
  const msidOf = new Map(sources.map(({ ssrc, msid }) => [ssrc, msid]));
  for (const group of groups) {
    for (const ssrc of group.ssrcs) {
      if (group.semantics === 'FID' && group.ssrcs.length !== 2)
        return `Invalid FID group: ${list(group.ssrcs)}.`;
      const msid = msidOf.get(ssrc);
      if (msid === undefined) return `Required source parameter 'msid' is not present.`;
      if (msid !== msidOf.get(group.ssrcs[0] ?? ssrc)) {
        return `SsrcGroup contains sources with different MSIDs: ${list(group.ssrcs)}.`;
      }
    }
  }
  return sharedMsid('audio', sources, groups) ?? sharedMsid('video', sources, groups);
}

/** Within a media type two different streams must not have one msid; a simulcast group with its RTX is one stream. */
function sharedMsid(
  mediaType: MediaType,
  sources: readonly Source[],
  groups: readonly SsrcGroup[],
): string | undefined {
  const streamOfMsid = new Map<string, string>();
  const streams = new Set<string>();
  for (const source of sources) {
    if (source.mediaType !== mediaType || source.msid === undefined) continue;
    const stream = streamOf(source.ssrc, groups);
    if (streams.has(stream)) continue;
    streams.add(stream);
    if (streamOfMsid.has(source.msid)) return `MSID is already used: ${source.msid}.`;
    streamOfMsid.set(source.msid, stream);
  }
  return undefined;
}

/** The group that stands for a stream: its SIM group, else its FID group, else itself. */
function streamOf(ssrc: number, groups: readonly SsrcGroup[]): string {
  const find = (semantics: string, member: number): SsrcGroup | undefined =>
    groups.find((group) => group.semantics === semantics && group.ssrcs.includes(member));
  const sim = find('SIM', ssrc);
  if (sim) return `SIM ${list(sim.ssrcs)}`;
  const fid = find('FID', ssrc);
  if (!fid) return `${ssrc}`;
  const simOfPrimary = fid.ssrcs[1] === ssrc ? find('SIM', fid.ssrcs[0] ?? ssrc) : undefined;
  const group = simOfPrimary ?? fid;
  return `${group.semantics} ${list(group.ssrcs)}`;
}

function sameGroup(a: SsrcGroup, b: SsrcGroup): boolean {
  return (
    a.semantics === b.semantics &&
    a.mediaType === b.mediaType &&
    a.ssrcs.length === b.ssrcs.length &&
    a.ssrcs.every((ssrc, index) => ssrc === b.ssrcs[index])
  );
}

function ownedBy(owner: string, set: SourceSet): SourceSet {
  return {
    sources: set.sources.map((source) => ({ ...source, owner })),
    groups: set.groups.map((group) => ({ ...group, owner })),
  };
}

function refused(text: string): SourceChange {
  return { ok: false, text };
}

/** As Kotlin prints a list. */
function list(ssrcs: readonly number[]): string {
  return `[${ssrcs.join(', ')}]`;
}
