/** The three stanzas (RFC 6120, 8): builders for the usual shapes, and the questions every reader asks. */
import { type AttributeInput, type ChildInput, elements, is, type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';
import { buildStanzaError, type StanzaErrorType } from './stanza-error.ts';

export type StanzaName = 'iq' | 'message' | 'presence';

/** True for what XEP-0198 counts and RFC 6120 routes. */
export function isStanza(element: XmlElement): boolean {
  return (
    element.ns === ns.client &&
    (element.name === 'iq' || element.name === 'message' || element.name === 'presence')
  );
}

export function isStanzaNamed(element: XmlElement, name: StanzaName): boolean {
  return is(element, ns.client, name);
}

export function iqGet(to: string | undefined, id: string, payload: XmlElement): XmlElement {
  return xml(ns.client, 'iq', { type: 'get', to, id }, payload);
}

export function iqSet(to: string | undefined, id: string, payload: XmlElement): XmlElement {
  return xml(ns.client, 'iq', { type: 'set', to, id }, payload);
}

/** The answer to `request`; the id is echoed byte for byte, Prosody routes room IQs by it. */
export function iqResult(request: XmlElement, payload?: XmlElement): XmlElement {
  return xml(ns.client, 'iq', { type: 'result', to: request.attrs.from, id: request.attrs.id }, payload);
}

/** A refusal of `request`. */
export function errorReply(
  request: XmlElement,
  type: StanzaErrorType,
  condition: string,
  text?: string,
  details: readonly XmlElement[] = [],
): XmlElement {
  const error = buildStanzaError({ type, condition, text, details });
  return xml(ns.client, request.name, { type: 'error', to: request.attrs.from, id: request.attrs.id }, error);
}

export function presence(attrs: AttributeInput, ...children: ChildInput[]): XmlElement {
  return xml(ns.client, 'presence', attrs, ...children);
}

export function message(attrs: AttributeInput, ...children: ChildInput[]): XmlElement {
  return xml(ns.client, 'message', attrs, ...children);
}

/** The payload of a request: its only element (RFC 6120, 8.2.3). */
export function iqPayload(iq: XmlElement): XmlElement | undefined {
  return elements(iq)[0];
}
