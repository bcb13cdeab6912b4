/**
 * Sources in Jitsi's compact JSON: `{"sources":{OWNER:[video, video groups, audio, audio groups]}}`, a source as
 * `{"s":SSRC,"n":NAME,"m":MSID,"v":"d"}`, a group as `["f"|"s",SSRC,…]` (jicofo `EndpointSourceSet.kt`, `Source.kt`,
 * `SsrcGroup.kt`). Jicofo writes it to clients that have the feature `json-encoded-sources`, and never reads it.
 */
import { defined } from '../base/defined.ts';
import { UsageError } from '../base/errors.ts';
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

/** @throws ParseError (`jingle-bad-json`, `jingle-bad-ssrc`) */
export function parseJsonSources(json: string): SourceSet {
  const sources: Source[] = [];
  const groups: SsrcGroup[] = [];
  for (const [key, parts] of Object.entries(ownersOf(json))) {
    const owner = ownerOf(key);
    const list = array(parts, 'an owner');
    for (const [mediaType, at] of [['video', 0] as const, ['audio', 2] as const]) {
      for (const item of array(list[at] ?? [], 'a list of sources')) {
        sources.push(parseSource(item, mediaType, owner));
      }
      for (const item of array(list[at + 1] ?? [], 'a list of groups')) {
        groups.push(...parseGroup(item, mediaType, owner));
      }
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
    parsed = JSON.parse(json);
  } catch (error) {
    throw jingleError('jingle-bad-json', 'the sources are not JSON', error);
  }
  const { sources = {} } = object(parsed, 'the JSON message');
  return object(sources, '"sources"');
}

function parseSource(item: unknown, mediaType: MediaType, owner: string | undefined): Source {
  const { s, n, m, v } = object(item, 'a source');
  // The camera is never written; anything else is taken as the desktop, as lib-jitsi-meet does.
  const videoType: VideoType = v ? 'desktop' : 'camera';
  return defined({
    ssrc: ssrc(s),
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

function parseGroup(item: unknown, mediaType: MediaType, owner: string | undefined): SsrcGroup[] {
  const [code, ...rest] = array(item, 'a group');
  const semantics = semanticsOf.get(code);
  if (semantics === undefined || rest.length === 0) return [];
  return [defined({ semantics, ssrcs: rest.map(ssrc), mediaType, owner })];
}

function ssrc(value: unknown): number {
  if (!isSsrc(value))
    throw jingleError('jingle-bad-ssrc', 'an SSRC in JSON is not a number from 1 to 4294967295');
  return value;
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? nonEmpty(value) : undefined;
}

function array(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw jingleError('jingle-bad-json', `${what} is not an array`);
  return value;
}

function object(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw jingleError('jingle-bad-json', `${what} is not an object`);
  }
  return value as Record<string, unknown>;
}
