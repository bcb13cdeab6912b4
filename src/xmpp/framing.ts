/**
 * XMPP over WebSocket (RFC 7395): the stream's opening and closing frames, stream features (RFC 6120, 4.3) and stream
 * errors (4.9).
 */
import { child, childrenNamed, childText, elements, is, text, type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';

/** Sec-WebSocket-Protocol (RFC 7395, 3.1). */
export const subprotocol = 'xmpp';

export function buildOpen(to: string): XmlElement {
  return xml(ns.framing, 'open', { to, version: '1.0' });
}

export function buildClose(): XmlElement {
  return xml(ns.framing, 'close');
}

export interface StreamFeatures {
  /** SASL mechanisms, upper-case as on the wire. */
  mechanisms: readonly string[];
  bind: boolean;
  streamManagement: boolean;
  /** Bytes of a stanza at most, where the server says so (XEP-0478). */
  maxBytes?: number;
}

export function parseStreamFeatures(features: XmlElement): StreamFeatures {
  const mechanisms = child(features, 'mechanisms', ns.sasl);
  const limits = child(features, 'limits', ns.streamLimits);
  const maxBytes = limits && childText(limits, 'max-bytes')?.trim();
  return {
    mechanisms: mechanisms
      ? childrenNamed(mechanisms, 'mechanism').map((mechanism) => text(mechanism).trim())
      : [],
    bind: child(features, 'bind', ns.bind) !== undefined,
    streamManagement: child(features, 'sm', ns.sm) !== undefined,
    ...(maxBytes !== undefined && /^[1-9]\d{0,9}$/.test(maxBytes) ? { maxBytes: Number(maxBytes) } : {}),
  };
}

export function isStreamFeatures(element: XmlElement): boolean {
  return is(element, ns.streams, 'features');
}

export function isStreamError(element: XmlElement): boolean {
  return is(element, ns.streams, 'error');
}

export interface StreamErrorInfo {
  /** One of RFC 6120's conditions (4.9.3). */
  condition: string;
  text?: string;
}

/** The stream error in a frame, if it is one. */
export function parseStreamError(element: XmlElement): StreamErrorInfo | undefined {
  if (!isStreamError(element)) return undefined;
  const parts = elements(element).filter((part) => part.ns === ns.streamErrors);
  const condition = parts.find((part) => part.name !== 'text')?.name ?? 'undefined-condition';
  const described = parts.find((part) => part.name === 'text');
  return described ? { condition, text: text(described) } : { condition };
}

export function buildStreamError(condition: string, description?: string): XmlElement {
  return xml(
    ns.streams,
    'error',
    {},
    xml(ns.streamErrors, condition),
    description === undefined ? undefined : xml(ns.streamErrors, 'text', {}, description),
  );
}
