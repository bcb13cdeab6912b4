/**
 * Reads the sources of a client's Jingle message from the raw elements, with Jicofo's own narrowness (jicofo
 * `EndpointSourceSet.fromJingle`, jitsi-xmpp-extensions `SourcePacketExtension.java`): XML only. A `<json-message/>` from a client is not looked at.
 */
import type { MediaType, Source, SourceSet, SsrcGroup, VideoType } from '../../../jingle/model.ts';
import { childrenNamed, type XmlElement } from '../../../xml/element.ts';
import { wire } from '../namespaces.ts';

/** Something in the message makes Jicofo's parser throw; the request is then never answered. */
export class UnreadableError extends Error {}

/** @throws UnreadableError */
export function readSources(jingle: XmlElement): SourceSet {
  const sources = new Map<string, Source>();
  const groups = new Map<string, SsrcGroup>();
  for (const content of childrenNamed(jingle, 'content', wire.jingle)) {
    const [description] = childrenNamed(content, 'description', wire.rtp);
    const mediaType = readMediaType(description ? description.attrs.media : content.attrs.name);
    if (mediaType === undefined) continue;
    const listed = [...(description ? sourceElements(description) : []), ...sourceElements(content)];
    for (const element of listed) {
      const source = readSource(element, mediaType);
      sources.set(JSON.stringify(source), source);
    }
    for (const element of description ? childrenNamed(description, 'ssrc-group', wire.ssma) : []) {
      const group = readGroup(element, mediaType);
      groups.set(JSON.stringify(group), group);
    }
  }
  return { sources: [...sources.values()], groups: [...groups.values()] };
}

function sourceElements(parent: XmlElement): XmlElement[] {
  return childrenNamed(parent, 'source', wire.ssma);
}

function readSource(element: XmlElement, mediaType: MediaType): Source {
  const { name, videoType } = element.attrs;
  const msid = childrenNamed(element, 'parameter')
    .filter(({ ns }) => ns === wire.rtp || ns === wire.ssma)
    .find(({ attrs }) => attrs.name === 'msid')?.attrs.value;
  return {
    ssrc: readSsrc(element.attrs.ssrc),
    mediaType,
    ...(name === undefined ? {} : { name }),
    ...(msid === undefined ? {} : { msid }),
    ...(videoType === undefined ? {} : { videoType: readVideoType(videoType) }),
  };
}

function readGroup(element: XmlElement, mediaType: MediaType): SsrcGroup {
  const semantics = element.attrs.semantics?.toUpperCase();
  if (semantics !== 'SIM' && semantics !== 'FID') {
    throw new UnreadableError(`ssrc-group semantics ${element.attrs.semantics}`);
  }
  return { semantics, ssrcs: sourceElements(element).map(({ attrs }) => readSsrc(attrs.ssrc)), mediaType };
}

/** -1 when there is none; out of range is for validation to refuse. */
function readSsrc(text: string | undefined): number {
  if (text === undefined) return -1;
  if (!/^[+-]?\d{1,18}$/.test(text)) throw new UnreadableError(`ssrc ${text}`);
  return Number(text);
}

function readVideoType(text: string): VideoType {
  const videoType = text.toLowerCase();
  if (videoType !== 'camera' && videoType !== 'desktop') throw new UnreadableError(`videoType ${text}`);
  return videoType;
}

/** Media types that jitsi-utils `MediaType.parseString` knows, other than the two that have sources. */
const sourceless = ['text', 'application', 'message', 'image', 'control', 'data'];

function readMediaType(text = ''): MediaType | undefined {
  const mediaType = text.toLowerCase();
  if (mediaType === 'audio' || mediaType === 'video') return mediaType;
  if (!sourceless.includes(mediaType)) throw new UnreadableError(`media type ${text}`);
  return undefined;
}
