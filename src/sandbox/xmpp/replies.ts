/** Answers to requests as a server writes them (RFC 6120, 8.1 and 8.3): addresses swapped, the id kept byte for byte. */
import { buildStanzaError, type StanzaErrorType } from '../../xmpp/stanza-error.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { type XmlElement, xml } from '../../xml/element.ts';

export interface Refusal {
  type: StanzaErrorType;
  condition: string;
  text?: string;
  /** Who refuses (RFC 6120, 8.3.2). */
  by?: string;
}

export function resultReply(request: XmlElement, payload?: XmlElement): XmlElement {
  const { id, to, from } = request.attrs;
  return xml(ns.client, 'iq', { type: 'result', id, to: from, from: to }, payload);
}

/** Prosody leaves the request's children out of its errors. */
export function errorReply(request: XmlElement, refusal: Refusal): XmlElement {
  const { id, to, from } = request.attrs;
  return xml(ns.client, request.name, { type: 'error', id, to: from, from: to }, buildStanzaError(refusal));
}

/** What a server answers when nobody handles a stanza (RFC 6120, 10.5). */
export const unhandled: Refusal = { type: 'cancel', condition: 'service-unavailable' };

/** False for errors and results, which are never answered: they would go back and forth for ever. */
export function mayBeAnswered(stanza: XmlElement): boolean {
  return stanza.attrs.type !== 'error' && !(stanza.name === 'iq' && stanza.attrs.type === 'result');
}

export function isIq(stanza: XmlElement, type: 'get' | 'set'): boolean {
  return stanza.name === 'iq' && stanza.attrs.type === type;
}
