/**
 * `<description/>` of RTP media (XEP-0167 1.2.3), with RTCP feedback (XEP-0293 1.0.2), header extensions (XEP-0294 1.1.2) and
 * `extmap-allow-mixed`. Not implemented: encryption, bandwidth, parameters of header extensions. Sources, which Jitsi also
 * writes in here, have their own file.
 */
import { defined } from '../base/defined.ts';
import { child, childrenNamed, type XmlElement, xml } from '../xml/element.ts';
import { keep, type LeftOut } from './left-out.ts';
import type { FormatParameter, HeaderExtension, PayloadType, RtcpFeedback, RtpDescription } from './model.ts';
import { jingleNs } from './namespaces.ts';
import { staticPayloadTypes } from './static-payload-types.ts';
import { integer, nonEmpty, oneOf, word, writtenAs } from './wire-values.ts';

export function parseRtpDescription(
  element: XmlElement,
  media: RtpDescription['media'],
  leftOut: LeftOut,
): RtpDescription {
  return defined({
    media,
    maxPtime: integer(element.attrs.maxptime, 1, 2 ** 31),
    payloadTypes: childrenNamed(element, 'payload-type', jingleNs.rtp).flatMap(
      keep((each) => parsePayloadType(each, leftOut), writtenAs, leftOut),
    ),
    feedback: parseFeedback(element, leftOut),
    trrInt: parseTrrInt(element),
    // Packets that carry an extension without an entry stay readable (RFC 8285, 4).
    headerExtensions: childrenNamed(element, 'rtp-hdrext', jingleNs.hdrExt).flatMap(
      keep(parseHeaderExtension, writtenAs, leftOut),
    ),
    extmapAllowMixed: child(element, 'extmap-allow-mixed', jingleNs.hdrExt) !== undefined,
    rtcpMux: child(element, 'rtcp-mux', jingleNs.rtp) !== undefined,
  });
}

/** @param sources what stands for the sources of this media */
export function buildRtpDescription(
  description: RtpDescription,
  sources: readonly XmlElement[] = [],
): XmlElement {
  const { media, maxPtime, extmapAllowMixed, rtcpMux } = description;
  return xml(
    jingleNs.rtp,
    'description',
    { media, maxptime: maxPtime },
    ...description.payloadTypes.map(buildPayloadType),
    ...buildFeedback(description),
    ...description.headerExtensions.map(({ id, uri, senders }) =>
      xml(jingleNs.hdrExt, 'rtp-hdrext', { id, uri, senders }),
    ),
    extmapAllowMixed ? xml(jingleNs.hdrExt, 'extmap-allow-mixed') : undefined,
    rtcpMux ? xml(jingleNs.rtp, 'rtcp-mux') : undefined,
    ...sources,
  );
}

/** What a static one does not say is filled in. */
function parsePayloadType(element: XmlElement, leftOut: LeftOut): PayloadType | undefined {
  const { attrs } = element;
  const id = integer(attrs.id, 0, 127);
  if (id === undefined) return undefined;
  const given = encodingName(attrs.name);
  const fixed = staticPayloadTypes.get(id);
  const known = given === undefined || given.toUpperCase() === fixed?.name.toUpperCase() ? fixed : undefined;
  const name = given ?? known?.name;
  const clockRate = integer(attrs.clockrate, 1, 2 ** 31) ?? known?.clockRate;
  if (name === undefined || clockRate === undefined) return undefined;
  return defined({
    id,
    name,
    clockRate,
    channels: integer(attrs.channels, 1, 255) ?? known?.channels,
    parameters: childrenNamed(element, 'parameter').flatMap(keep(parseParameter, writtenAs, leftOut)),
    feedback: parseFeedback(element, leftOut),
    trrInt: parseTrrInt(element),
  });
}

/** In SDP it stands between a space and a slash. */
function encodingName(text: string | undefined): string | undefined {
  const name = word(text);
  return name?.includes('/') ? undefined : name;
}

function parseParameter({ attrs }: XmlElement): FormatParameter | undefined {
  const { name = '', value = '' } = attrs;
  return name === '' && value === '' ? undefined : { name, value };
}

function buildPayloadType(payloadType: PayloadType): XmlElement {
  const { id, name, clockRate, channels } = payloadType;
  return xml(
    jingleNs.rtp,
    'payload-type',
    { id, name, clockrate: clockRate, channels },
    ...payloadType.parameters.map((parameter) =>
      xml(jingleNs.rtp, 'parameter', { name: nonEmpty(parameter.name), value: parameter.value }),
    ),
    ...buildFeedback(payloadType),
  );
}

function parseFeedback(parent: XmlElement, leftOut: LeftOut): RtcpFeedback[] {
  const read = ({ attrs }: XmlElement): RtcpFeedback | undefined => {
    const type = word(attrs.type);
    return type === undefined ? undefined : defined({ type, subtype: nonEmpty(attrs.subtype) });
  };
  return childrenNamed(parent, 'rtcp-fb', jingleNs.rtcpFb).flatMap(keep(read, writtenAs, leftOut));
}

function parseTrrInt(parent: XmlElement): number | undefined {
  return integer(child(parent, 'rtcp-fb-trr-int', jingleNs.rtcpFb)?.attrs.value, 0, 2 ** 31);
}

function buildFeedback({ feedback, trrInt }: Pick<PayloadType, 'feedback' | 'trrInt'>): XmlElement[] {
  const elements = feedback.map(({ type, subtype }) => xml(jingleNs.rtcpFb, 'rtcp-fb', { type, subtype }));
  if (trrInt !== undefined) elements.push(xml(jingleNs.rtcpFb, 'rtcp-fb-trr-int', { value: trrInt }));
  return elements;
}

function parseHeaderExtension({ attrs }: XmlElement): HeaderExtension | undefined {
  const id = integer(attrs.id, 1, 255);
  const uri = word(attrs.uri);
  if (id === undefined || uri === undefined) return undefined;
  const senders = oneOf(attrs.senders, ['both', 'initiator', 'responder', 'none']);
  return defined({ id, uri, senders });
}
