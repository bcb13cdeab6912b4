/**
 * Sources in XML: `<source/>` and `<ssrc-group/>` (XEP-0339 1.0.1) with Jitsi's `name`, `videoType` and `<ssrc-info owner/>`
 * (jitsi-xmpp-extensions `SourcePacketExtension`, `SSRCInfoPacketExtension`). Not implemented: `rid` sources and
 * `rid-group`, which only Firefox' own offers could carry.
 */
import { defined } from '../base/defined.ts';
import { child, childrenNamed, elements, is, type XmlElement, xml } from '../xml/element.ts';
import { keep, type LeftOut } from './left-out.ts';
import type { MediaType, Source, SourceSet, SsrcGroup } from './model.ts';
import { jingleNs } from './namespaces.ts';
import { nonEmpty, oneOf, ownerOf, ssrcOf, word, writtenAs } from './wire-values.ts';

/** The sources that are children of `parent`, a description or a content. */
export function parseXmlSources(parent: XmlElement, mediaType: MediaType, leftOut: LeftOut): SourceSet {
  const readSource = keep((each: XmlElement) => parseSource(each, mediaType), writtenAs, leftOut);
  const readGroup = keep((each: XmlElement) => parseGroup(each, mediaType), writtenAs, leftOut);
  const sources: Source[] = [];
  const groups: SsrcGroup[] = [];
  for (const element of elements(parent)) {
    if (is(element, jingleNs.ssma, 'source')) {
      sources.push(...readSource(element));
    } else if (is(element, jingleNs.ssma, 'ssrc-group')) {
      groups.push(...readGroup(element));
    }
  }
  // Only sources say whose they are.
  const owners = new Map(sources.map(({ ssrc, owner }) => [ssrc, owner]));
  return {
    sources,
    groups: groups.map((group) => defined({ ...group, owner: owners.get(group.ssrcs[0] ?? 0) })),
  };
}

export function buildXmlSources({ sources, groups }: SourceSet): XmlElement[] {
  return [...sources.map(buildSource), ...groups.map(buildGroup)];
}

function parseSource(element: XmlElement, mediaType: MediaType): Source | undefined {
  const { name, videoType } = element.attrs;
  const ssrc = ssrcOf(element.attrs.ssrc);
  if (ssrc === undefined) return undefined;
  // Jicofo writes the parameters in XEP-0167's namespace, clients in that of the source.
  const parameters = childrenNamed(element, 'parameter');
  const parameter = (key: string): string | undefined =>
    nonEmpty(parameters.find(({ attrs }) => attrs.name === key)?.attrs.value);
  return defined({
    ssrc,
    mediaType,
    owner: ownerOf(child(element, 'ssrc-info', jingleNs.jitmeet)?.attrs.owner),
    name: nonEmpty(name),
    msid: parameter('msid'),
    videoType: mediaType === 'video' ? oneOf(videoType, ['camera', 'desktop']) : undefined,
    mid: parameter('mid'),
  });
}

function buildSource({ ssrc, name, videoType, owner, msid, mid }: Source): XmlElement {
  // As in every recording: Jicofo, which alone names owners, writes the parameters in one namespace, clients in the other.
  const ns = owner === undefined ? jingleNs.ssma : jingleNs.rtp;
  return xml(
    jingleNs.ssma,
    'source',
    { ssrc, name, videoType },
    owner === undefined ? undefined : xml(jingleNs.jitmeet, 'ssrc-info', { owner }),
    msid === undefined ? undefined : xml(ns, 'parameter', { name: 'msid', value: msid }),
    mid === undefined ? undefined : xml(ns, 'parameter', { name: 'mid', value: mid }),
  );
}

/** Empty groups mean nothing (jicofo `ValidatingConferenceSourceMap.kt`), and one of something unknown has no use. */
function parseGroup(element: XmlElement, mediaType: MediaType): SsrcGroup | undefined {
  const semantics = word(element.attrs.semantics)?.toUpperCase();
  const members = childrenNamed(element, 'source');
  const ssrcs = members.flatMap(({ attrs }) => ssrcOf(attrs.ssrc) ?? []);
  if (semantics === undefined || ssrcs.length === 0 || ssrcs.length < members.length) return undefined;
  return { semantics, ssrcs, mediaType };
}

function buildGroup({ semantics, ssrcs }: SsrcGroup): XmlElement {
  return xml(
    jingleNs.ssma,
    'ssrc-group',
    { semantics },
    ...ssrcs.map((ssrc) => xml(jingleNs.ssma, 'source', { ssrc })),
  );
}
