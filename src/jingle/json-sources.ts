/**
 * Sources in Jitsi's compact JSON: `{"sources":{OWNER:[video, video groups, audio, audio groups]}}`, a source as
 * `{"s":SSRC,"n":NAME,"m":MSID,"v":"d"}`, a group as `["f"|"s",SSRC,…]` (jicofo `EndpointSourceSet.kt`, `Source.kt`,
 * `SsrcGroup.kt`). Jicofo writes it to clients that have the feature `json-encoded-sources`, and never reads it.
 */
import { parseBoundedJson } from '../base/bounded-json.ts';
import { defined } from '../base/defined.ts';
import { UsageError } from '../base/errors.ts';
import { keep, type LeftOut } from './left-out.ts';
import type { MediaType, Source, SourceSet, SsrcGroup, VideoType } from './model.ts';
import { isSsrc, jingleError, nonEmpty, ownerOf } from './wire-values.ts';

interface CompactSource {
  s: number;
  n?: string;
  m?: string;
  v?: 'd';
}

type CompactGroup = [code: 'f' | 's', ...ssrcs: number[]];

/** Trailing parts may be missing; Jicofo leaves out only the last. */
type CompactOwner = [
  video: CompactSource[],
  videoGroups: CompactGroup[],
  audio: CompactSource[],
  audioGroups?: CompactGroup[],
];

/** @throws ParseError (`jingle-bad-json`) when it is no such JSON at all; single odd entries are left out */
export function parseJsonSources(json: string, leftOut: LeftOut = () => {}): SourceSet {
  const sources: Source[] = [];
  const groups: SsrcGroup[] = [];
  const listAt = (parts: readonly unknown[], at: number): unknown[] => {
    const list = parts[at];
    if (Array.isArray(list)) return list;
    if (list !== undefined && list !== null) leftOut(`${quoted(list)} for a list of sources or groups`);
    return [];
  };
  for (const [key, parts] of Object.entries(ownersOf(json))) {
    const owner = ownerOf(key);
    if (!Array.isArray(parts)) {
      leftOut(`${quoted(parts)} for the sources of ${JSON.stringify(key)}`);
      continue;
    }
    for (const [mediaType, at] of [['video', 0] as const, ['audio', 2] as const]) {
      const readSource = keep((item) => parseSource(item, mediaType, owner), quoted, leftOut);
      const readGroup = keep((item) => parseGroup(item, mediaType, owner), quoted, leftOut);
      sources.push(...listAt(parts, at).flatMap(readSource));
      groups.push(...listAt(parts, at + 1).flatMap(readGroup));
    }
  }
  return { sources, groups };
}

/** @throws UsageError (`source-without-owner`): the form has no place for such a source */
export function buildJsonSources({ sources, groups }: SourceSet): string {
  const owners = new Map<string, CompactOwner>();
  const partsOf = (owner: string | undefined): CompactOwner => {
    if (owner === undefined) {
      throw new UsageError('JSON sources are grouped by owner; give every source and group one', {
        code: 'source-without-owner',
      });
    }
    const parts = owners.get(owner) ?? [[], [], []];
    owners.set(owner, parts);
    return parts;
  };
  for (const source of sources)
    partsOf(source.owner)[source.mediaType === 'video' ? 0 : 2].push(compact(source));
  for (const { owner, mediaType, semantics, ssrcs } of groups) {
    const code = codes.get(semantics);
    if (code === undefined) continue; // no code exists, neither does a use at the bridge
    const parts = partsOf(owner);
    if (mediaType === 'video') parts[1].push([code, ...ssrcs]);
    else (parts[3] ??= []).push([code, ...ssrcs]);
  }
  return JSON.stringify({ sources: Object.fromEntries(owners) });
}

const codes: ReadonlyMap<string, 'f' | 's'> = new Map([
  ['FID', 'f'],
  ['SIM', 's'],
]);
const semanticsOf = new Map<unknown, string>([
  ['f', 'FID'],
  ['s', 'SIM'],
]);

function ownersOf(json: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = parseBoundedJson(json);
  } catch (error) {
    throw jingleError('jingle-bad-json', 'the sources are not JSON', error);
  }
  const { sources = {} } = isObject(parsed) ? parsed : { sources: parsed };
  if (!isObject(sources)) throw jingleError('jingle-bad-json', 'the sources in JSON are not an object');
  return sources;
}

function parseSource(item: unknown, mediaType: MediaType, owner: string | undefined): Source | undefined {
  if (!isObject(item) || !isSsrc(item.s)) return undefined;
  const { s, n, m, v } = item;
  // The camera is never written; anything else is taken as the desktop, as lib-jitsi-meet does.
  const videoType: VideoType = v ? 'desktop' : 'camera';
  return defined({
    ssrc: s,
    mediaType,
    owner,
    name: string(n),
    msid: string(m),
    videoType: mediaType === 'video' ? videoType : undefined,
  });
}

function compact({ ssrc: s, name: n, msid: m, videoType }: Source): CompactSource {
  return defined({ s, n, m, v: videoType === 'desktop' ? ('d' as const) : undefined });
}

function parseGroup(item: unknown, mediaType: MediaType, owner: string | undefined): SsrcGroup | undefined {
  const [code, ...ssrcs] = Array.isArray(item) ? (item as unknown[]) : [];
  const semantics = semanticsOf.get(code);
  if (semantics === undefined || ssrcs.length === 0 || !ssrcs.every(isSsrc)) return undefined;
  return defined({ semantics, ssrcs, mediaType, owner });
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? nonEmpty(value) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Short, for the log; not deeper, what came may be. */
function quoted(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length} in JSON`;
  if (isObject(value))
    return `an object with ${Object.keys(value).slice(0, 8).join(', ') || 'nothing'} in JSON`;
  return `${JSON.stringify(value).slice(0, 60)} in JSON`;
}
