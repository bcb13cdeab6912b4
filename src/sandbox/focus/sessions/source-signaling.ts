/**
 * What one participant has been told about the others' sources, and the difference to what it should know (jicofo
 * `SourceSignaling.kt`, `EndpointSourceSet.doStripSimulcast`).
 */
import type { Source, SourceSet, SsrcGroup } from '../../../jingle/model.ts';
import { noSources } from './conference-sources.ts';
import type { ParticipantFeatures } from '../features.ts';

export class SourceSignaling {
  readonly #features: ParticipantFeatures;
  #told: SourceSet = noSources;
  #current: SourceSet = noSources;

  constructor(features: ParticipantFeatures) {
    this.#features = features;
  }

  /** Starts anew with an offer; returns what of `sources` the offer carries. */
  reset(sources: SourceSet): SourceSet {
    this.#current = sources;
    this.#told = this.#visible(sources);
    return this.#told;
  }

  add(sources: SourceSet): void {
    this.#current = union(this.#current, sources);
  }

  remove(sources: SourceSet): void {
    this.#current = difference(this.#current, sources);
  }

  /** `owner` has left the room; everybody knows, nothing is said about its sources. */
  forget(owner: string): void {
    const without = (set: SourceSet): SourceSet => ({
      sources: set.sources.filter((source) => source.owner !== owner),
      groups: set.groups.filter((group) => group.owner !== owner),
    });
    this.#current = without(this.#current);
    this.#told = without(this.#told);
  }

  /** What must be said now, removals first; both may be empty. It counts as said. */
  update(): { removed: SourceSet; added: SourceSet } {
    const before = this.#told;
    this.#told = this.#visible(this.#current);
    return { removed: difference(before, this.#told), added: difference(this.#told, before) };
  }

  #visible(all: SourceSet): SourceSet {
    const isKnown = ({ mediaType }: Source | SsrcGroup): boolean => this.#features[mediaType];
    return stripSimulcast({ sources: all.sources.filter(isKnown), groups: all.groups.filter(isKnown) });
  }
}

/** Leaves of each simulcast group its first stream, with that stream's RTX: the bridge rewrites every layer onto it. */
export function stripSimulcast({ sources, groups }: SourceSet): SourceSet {
  const stripped = new Set(
    groups.filter(({ semantics }) => semantics === 'SIM').flatMap(({ ssrcs }) => ssrcs.slice(1)),
  );
  const isStripped = (ssrc: number | undefined): boolean => ssrc !== undefined && stripped.has(ssrc);
  const kept = groups.filter(({ semantics, ssrcs }) => semantics !== 'SIM' && !isStripped(ssrcs[0]));
  for (const { semantics, ssrcs } of groups) {
    const [primary, retransmission] = ssrcs;
    if (semantics === 'FID' && isStripped(primary) && retransmission !== undefined)
      stripped.add(retransmission);
  }
  return { sources: sources.filter(({ ssrc }) => !stripped.has(ssrc)), groups: kept };
}

export function isEmptySet({ sources, groups }: SourceSet): boolean {
  return sources.length === 0 && groups.length === 0;
}

function union(a: SourceSet, b: SourceSet): SourceSet {
  const added = difference(b, a);
  return { sources: [...a.sources, ...added.sources], groups: [...a.groups, ...added.groups] };
}

function difference(a: SourceSet, b: SourceSet): SourceSet {
  const sourceKeys = new Set(b.sources.map(sourceKey));
  const groupKeys = new Set(b.groups.map(groupKey));
  return {
    sources: a.sources.filter((source) => !sourceKeys.has(sourceKey(source))),
    groups: a.groups.filter((group) => !groupKeys.has(groupKey(group))),
  };
}

function sourceKey({ owner, ssrc, mediaType, name, msid, videoType }: Source): string {
  return JSON.stringify([owner, ssrc, mediaType, name, msid, videoType]);
}

function groupKey({ owner, semantics, ssrcs, mediaType }: SsrcGroup): string {
  return JSON.stringify([owner, semantics, ssrcs, mediaType]);
}
