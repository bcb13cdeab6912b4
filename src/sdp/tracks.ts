/** Which SSRCs are one track, and therefore share an m-line of Unified Plan: those that ssrc-groups join (RFC 5576, 4.2). */
import type { Source, SourceSet, SsrcGroup } from '../jingle/model.ts';

/**
 * The tracks in a set, in the order of their first SSRCs. Within a track SSRCs stand in the order of the groups, primary
 * before RTX: Chromium takes the first for the one to play.
 */
export function tracksOf({ sources, groups }: SourceSet): SourceSet[] {
  const bySsrc = new Map<number, Source>();
  for (const source of sources) if (!bySsrc.has(source.ssrc)) bySsrc.set(source.ssrc, source);
  const groupsOf = new Map<number, NumberedGroup[]>();
  for (const [position, group] of groups.entries()) {
    // One that names an SSRC which is not signalled tells of nothing that can be received.
    if (!group.ssrcs.every((ssrc) => bySsrc.has(ssrc))) continue;
    const numbered = { group, position };
    for (const ssrc of group.ssrcs) {
      const known = groupsOf.get(ssrc) ?? [];
      known.push(numbered);
      groupsOf.set(ssrc, known);
    }
  }
  const tracks: SourceSet[] = [];
  const placed = new Set<number>();
  for (const { ssrc } of bySsrc.values()) {
    if (placed.has(ssrc)) continue;
    const joined = joinedBy(ssrc, groupsOf);
    const ssrcs = new Set([...joined.flatMap((group) => group.ssrcs), ssrc]);
    for (const member of ssrcs) placed.add(member);
    tracks.push({ sources: [...ssrcs].flatMap((member) => bySsrc.get(member) ?? []), groups: joined });
  }
  return tracks;
}

/** All groups that an SSRC is connected to: simulcast first, its order is that of the layers; else as they were given. */
function joinedBy(ssrc: number, groupsOf: ReadonlyMap<number, readonly NumberedGroup[]>): SsrcGroup[] {
  const members = new Set([ssrc]);
  const joined = new Set<NumberedGroup>();
  // A Set's iteration includes what is added on the way.
  for (const member of members) {
    for (const numbered of groupsOf.get(member) ?? []) {
      if (joined.has(numbered)) continue;
      joined.add(numbered);
      for (const other of numbered.group.ssrcs) members.add(other);
    }
  }
  return [...joined].sort((a, b) => rank(a) - rank(b)).map(({ group }) => group);
}

interface NumberedGroup {
  group: SsrcGroup;
  position: number;
}

function rank({ group, position }: NumberedGroup): number {
  return group.semantics === 'SIM' ? -1 : position;
}
