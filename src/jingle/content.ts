/**
 * `<content/>` (XEP-0166 1.1.2, 7.3) with its description, transport and sources, and Jitsi's `initial-last-n`
 * (jitsi-xmpp-extensions `InitialLastN.kt`). Not implemented: `source-frame-height` of direct sessions between participants.
 */
import { defined } from '../base/defined.ts';
import { child, type XmlElement, xml } from '../xml/element.ts';
import { buildIceTransport, parseIceTransport } from './ice-transport.ts';
import { keep, type LeftOut } from './left-out.ts';
import type { Content, MediaType, RtpDescription, SourceSet } from './model.ts';
import { jingleNs } from './namespaces.ts';
import { buildRtpDescription, parseRtpDescription } from './rtp-description.ts';
import { integer, nonEmpty, oneOf, writtenAs } from './wire-values.ts';
import { parseXmlSources } from './xml-sources.ts';

/** Without those that nothing can be told apart by: a content has a name, or the kind of media that it would be named after. */
export function parseContents(elements: readonly XmlElement[], leftOut: LeftOut): Content[] {
  return elements.flatMap(keep((each) => parseContent(each, leftOut), writtenAs, leftOut));
}

function parseContent(element: XmlElement, leftOut: LeftOut): Content | undefined {
  const description = child(element, 'description', jingleNs.rtp);
  const media = description && descriptionMedia(description, element.attrs.name);
  const name = nonEmpty(element.attrs.name) ?? (media === 'application' ? 'data' : media);
  if (name === undefined) return undefined;
  const transport = child(element, 'transport', jingleNs.iceUdp);
  const { senders, creator } = element.attrs;
  return defined({
    name,
    // Clients leave `creator` out where the content is known from before.
    creator: creator === 'responder' ? ('responder' as const) : ('initiator' as const),
    senders: oneOf(senders, ['both', 'initiator', 'responder', 'none', 'rejected']),
    description: description && media && parseRtpDescription(description, media, leftOut),
    transport: transport && parseIceTransport(transport, leftOut),
    initialLastN: integer(child(element, 'initial-last-n', jingleNs.colibri2)?.attrs.value, -1, 2 ** 31 - 1),
  });
}

/** The sources in a content: inside its description, or right below it as some clients write (jicofo `JingleSession.kt`). */
export function parseContentSources(element: XmlElement, leftOut: LeftOut): SourceSet[] {
  const description = child(element, 'description', jingleNs.rtp);
  const media = description ? descriptionMedia(description, element.attrs.name) : element.attrs.name;
  if (media !== 'audio' && media !== 'video') return [];
  const parents = description ? [description, element] : [element];
  return parents.map((parent) => parseXmlSources(parent, media, leftOut));
}

/** The kind of sources that belong into this content. */
export function sourceMedia({ description, name }: Content): MediaType | undefined {
  return oneOf(description ? description.media : name, ['audio', 'video']);
}

/** @param sources elements of the content's sources */
export function buildContent(content: Content, sources: readonly XmlElement[] = []): XmlElement {
  const { creator, name, senders, description, transport, initialLastN } = content;
  return xml(
    jingleNs.jingle,
    'content',
    { creator, name, senders },
    initialLastN === undefined
      ? undefined
      : xml(jingleNs.colibri2, 'initial-last-n', { value: initialLastN }),
    ...(description ? [buildRtpDescription(description, sources)] : sources),
    transport && buildIceTransport(transport),
  );
}

/** A content that is there for its sources only, as in source-add. */
export function buildSourceContent(media: MediaType, sources: readonly XmlElement[]): XmlElement {
  const description = xml(jingleNs.rtp, 'description', { media }, ...sources);
  return xml(jingleNs.jingle, 'content', { name: media }, description);
}

function descriptionMedia(description: XmlElement, name?: string): RtpDescription['media'] | undefined {
  const media = nonEmpty(description.attrs.media);
  if (media !== undefined) return oneOf(media, ['audio', 'video', 'application']);
  return name === 'data' ? 'application' : oneOf(name, ['audio', 'video']);
}
