/**
 * `<description/>` of RTP media (XEP-0167 1.2.3), with RTCP feedback (XEP-0293 1.0.2), header extensions (XEP-0294 1.1.2) and
 * `extmap-allow-mixed`. Not implemented: encryption, bandwidth, parameters of header extensions. Sources, which Jitsi also
 * writes in here, have their own file.
 */
import { defined } from '../base/defined.ts';
import { child, childrenNamed, type XmlElement, xml } from '../xml/element.ts';
import type { HeaderExtension, PayloadType, RtcpFeedback, RtpDescription } from './model.ts';
import { jingleNs } from './namespaces.ts';
import { integer, jingleError, nonEmpty, oneOf, quote } from './wire-values.ts';

/** @throws ParseError (`jingle-bad-payload-type`): without it, packets that it names could not be decoded */
export function parseRtpDescription(element: XmlElement, media: RtpDescription['media']): RtpDescription {
  return defined({
    media,
    maxPtime: integer(element.attrs.maxptime, 1, 2 ** 31),
    payloadTypes: childrenNamed(element, 'payload-type', jingleNs.rtp).map(parsePayloadType),
    feedback: parseFeedback(element),
    trrInt: parseTrrInt(element),
    headerExtensions: childrenNamed(element, 'rtp-hdrext', jingleNs.hdrExt).flatMap(parseHeaderExtension),
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

function parsePayloadType(element: XmlElement): PayloadType {
  const { attrs } = element;
  const id = integer(attrs.id, 0, 127);
  const name = nonEmpty(attrs.name);
  const clockRate = integer(attrs.clockrate, 1, 2 ** 31);
  if (id === undefined || name === undefined || clockRate === undefined) {
    const written = `id ${quote(attrs.id)}, name ${quote(attrs.name)}, clockrate ${quote(attrs.clockrate)}`;
    throw jingleError('jingle-bad-payload-type', `payload type with ${written}`);
  }
  return defined({
    id,
    name,
    clockRate,
    channels: integer(attrs.channels, 1, 255),
    parameters: childrenNamed(element, 'parameter').map((parameter) => ({
      name: parameter.attrs.name ?? '',
      value: parameter.attrs.value ?? '',
    })),
    feedback: parseFeedback(element),
    trrInt: parseTrrInt(element),
  });
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

function parseFeedback(parent: XmlElement): RtcpFeedback[] {
  return childrenNamed(parent, 'rtcp-fb', jingleNs.rtcpFb).flatMap(({ attrs }) => {
    const type = nonEmpty(attrs.type);
    return type === undefined ? [] : [defined({ type, subtype: nonEmpty(attrs.subtype) })];
  });
}

function parseTrrInt(parent: XmlElement): number | undefined {
  return integer(child(parent, 'rtcp-fb-trr-int', jingleNs.rtcpFb)?.attrs.value, 0, 2 ** 31);
}

function buildFeedback({ feedback, trrInt }: Pick<PayloadType, 'feedback' | 'trrInt'>): XmlElement[] {
  const elements = feedback.map(({ type, subtype }) => xml(jingleNs.rtcpFb, 'rtcp-fb', { type, subtype }));
  if (trrInt !== undefined) elements.push(xml(jingleNs.rtcpFb, 'rtcp-fb-trr-int', { value: trrInt }));
  return elements;
}

/** An extension that cannot be read is left out: packets that carry it stay readable without (RFC 8285, 4). */
function parseHeaderExtension({ attrs }: XmlElement): HeaderExtension[] {
  const id = integer(attrs.id, 1, 255);
  const uri = nonEmpty(attrs.uri);
  if (id === undefined || uri === undefined) return [];
  const senders = oneOf(attrs.senders, ['both', 'initiator', 'responder', 'none']);
  return [defined({ id, uri, senders })];
}
