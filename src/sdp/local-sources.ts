/**
 * The sources that our own description sends, with the names and msids that Jitsi gives them (RFC 5576; lib-jitsi-meet
 * `LocalSdpMunger.ts`, `SDPDiffer.ts`).
 */
import { ParseError } from '../base/errors.ts';
import type { MediaType, Source, SourceSet, SsrcGroup, VideoType } from '../jingle/model.ts';
import { attribute, attributes, directionOf, parseMediaLine, type Sdp } from './sdp.ts';

export interface LocalTrack {
  /** Number among our tracks of this kind, from 0: the camera normally is 0, the screen 1. */
  index: number;
  /** Default `camera`. */
  videoType?: VideoType;
}

/** A `ReadonlyMap`, or anything else that knows. */
export interface LocalTracks {
  get(key: string, kind: MediaType): LocalTrack | undefined;
}

export interface LocalSourceOptions {
  /** Our endpoint id: names and msids begin with it. */
  endpointId: string;
  /**
   * By mid (in Plan B, where an m-line has several, by the track's id), what our m-lines send; others are not signalled. Give it once
   * there can be more than one track of a kind, or one that pauses: a source's name must not change. Default: every track that is
   * sent, counted in order, video from the camera.
   */
  tracks?: LocalTracks;
  /** Number of the peer connection, counted from 1: part of the msids, as in lib-jitsi-meet. Default 1. */
  peerConnection?: number;
}

/**
 * Sources are named `ENDPOINT-a0`, `ENDPOINT-v0`, `ENDPOINT-v1` by kind and index.
 * @throws ParseError (`sdp-malformed`)
 */
export function localSources(sdp: Sdp, options: LocalSourceOptions): SourceSet {
  const counts = { audio: 0, video: 0 };
  const sets = sdp.media.flatMap((lines): SourceSet[] => {
    const { kind, port } = parseMediaLine(lines);
    if ((kind !== 'audio' && kind !== 'video') || port === 0 || !sends(lines, sdp.session)) return [];
    return tracksIn(lines).map((own): SourceSet => {
      const track = options.tracks ? options.tracks.get(own.key, kind) : { index: counts[kind] };
      const set = track ? trackSources(own.lines, kind, track, options) : none;
      if (set.sources.length > 0) counts[kind]++;
      return set;
    });
  });
  return { sources: sets.flatMap(({ sources }) => sources), groups: sets.flatMap(({ groups }) => groups) };
}

export interface SourceChange {
  added: SourceSet;
  removed: SourceSet;
}

/** What to signal when our description has changed: source-remove first, then source-add. */
export function diffSources(before: SourceSet, after: SourceSet): SourceChange {
  return { added: missingIn(before, after), removed: missingIn(after, before) };
}

/** What `all` has and `from` has not. A source that is described otherwise counts as another. */
function missingIn(from: SourceSet, all: SourceSet): SourceSet {
  const known = new Set([...from.sources, ...from.groups].map((each) => JSON.stringify(each)));
  const isNew = (each: Source | SsrcGroup): boolean => !known.has(JSON.stringify(each));
  return { sources: all.sources.filter(isNew), groups: all.groups.filter(isNew) };
}

const none: SourceSet = { sources: [], groups: [] };

function sends(lines: readonly string[], session: readonly string[]): boolean {
  const direction = directionOf(lines) ?? directionOf(session) ?? 'sendrecv'; // RFC 8866, 6.7
  return direction === 'sendrecv' || direction === 'sendonly';
}

interface TrackLines {
  key: string;
  /** The m-line's, without the SSRCs of other tracks. */
  lines: readonly string[];
}

/** Unified Plan has one track in an m-line, Plan B as many as there are msids. */
function tracksIn(lines: readonly string[]): TrackLines[] {
  const bySsrc = parseSsrcs(lines);
  const ids = [...new Set(bySsrc.values())].filter((id) => id !== undefined);
  if (ids.length < 2) return [{ key: attribute(lines, 'mid') ?? '', lines }];
  const trackOf = (line: string): string | undefined => {
    const [, ssrc] = /^a=ssrc(?:-group:\S+ |:)(\d+)/.exec(line) ?? [];
    return ssrc === undefined ? undefined : (bySsrc.get(Number(ssrc)) ?? ids[0]);
  };
  return ids.map((key) => ({ key, lines: lines.filter((line) => (trackOf(line) ?? key) === key) }));
}

function trackSources(
  lines: readonly string[],
  mediaType: MediaType,
  { index, videoType = 'camera' }: LocalTrack,
  { endpointId, peerConnection = 1 }: LocalSourceOptions,
): SourceSet {
  const msids = parseSsrcs(lines);
  const all = attributes(lines, 'ssrc-group').map((value): SsrcGroup => {
    const [semantics = '', ...ssrcs] = value.trim().split(/\s+/);
    return { semantics: semantics.toUpperCase(), ssrcs: ssrcs.map(ssrcOf), mediaType };
  });
  // Jicofo does not answer to anything but these (jicofo `SsrcGroupSemantics`).
  const isKnown = ({ semantics }: SsrcGroup): boolean => semantics === 'SIM' || semantics === 'FID';
  // What only another kind of group joins, as FEC, must go too: alone it would be a second source of the same msid.
  for (const group of all) if (!isKnown(group)) for (const ssrc of group.ssrcs.slice(1)) msids.delete(ssrc);
  const groups = all.filter((group) => isKnown(group) && group.ssrcs.length > 1);
  // Some stacks name the SSRC of retransmissions in its group only, and send it all the same.
  for (const { ssrcs } of groups)
    for (const ssrc of ssrcs) if (!msids.has(ssrc)) msids.set(ssrc, msids.get(ssrcs[0] ?? 0));
  const name = `${endpointId}-${mediaType[0]}${index}`;
  const [, lineTrack] = attribute(lines, 'msid')?.split(' ') ?? [];
  const sources = [...msids].map(([ssrc, track = lineTrack ?? name]): Source => {
    const msid = `${endpointId}-${mediaType}-${index}-${peerConnection} ${track}-${peerConnection}`;
    return { ssrc, mediaType, name, msid, ...(mediaType === 'video' ? { videoType } : {}) };
  });
  return { sources, groups };
}

/** SSRC → the id of its track, where a line has one. */
function parseSsrcs(lines: readonly string[]): Map<number, string | undefined> {
  const result = new Map<number, string | undefined>();
  for (const value of attributes(lines, 'ssrc')) {
    const [ssrcText = '', name, track] = value.split(' ');
    const ssrc = ssrcOf(ssrcText);
    const known = result.get(ssrc);
    result.set(ssrc, name?.startsWith('msid:') ? (track ?? known) : known);
  }
  return result;
}

function ssrcOf(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) >= 2 ** 32) {
    throw new ParseError(
      'sdp',
      'sdp-malformed',
      `unusable SDP: ${JSON.stringify(text.slice(0, 60))} is no SSRC`,
    );
  }
  return Number(text);
}
