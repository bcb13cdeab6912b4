/**
 * Refusals in the shape in which Jicofo's XMPP library writes them (Smack `StanzaError`): the error first, then the request's
 * own child. The descriptive text is in the error's namespace, not in that of the conditions as RFC 6120, 8.3.2 has it:
 * this is what clients really get.
 */
import { ns } from '../../../xmpp/namespaces.ts';
import type { StanzaErrorType } from '../../../xmpp/stanza-error.ts';
import { iqPayload } from '../../../xmpp/stanza.ts';
import { type XmlElement, xml } from '../../../xml/element.ts';

/** Conditions that the focus uses. */
export type RefusalCondition =
  | 'bad-request'
  | 'feature-not-implemented'
  | 'forbidden'
  | 'gone'
  | 'internal-server-error'
  | 'item-not-found'
  | 'not-allowed'
  | 'resource-constraint';

/** The type that Smack gives each (`StanzaError.CONDITION_TO_TYPE`). */
const types: Readonly<Record<RefusalCondition, StanzaErrorType>> = {
  'bad-request': 'modify',
  'feature-not-implemented': 'cancel',
  forbidden: 'auth',
  gone: 'cancel',
  'internal-server-error': 'cancel',
  'item-not-found': 'cancel',
  'not-allowed': 'cancel',
  'resource-constraint': 'wait',
};

export interface Refusal {
  condition: RefusalCondition;
  text?: string;
}

/** The `<error/>` itself. */
export function buildRefusal({ condition, text }: Refusal): XmlElement {
  const type = types[condition];
  // RFC 6120, 8.3.3.5: `gone` carries its text itself.
  if (condition === 'gone') {
    return xml(ns.client, 'error', { type }, xml(ns.stanzaErrors, condition, {}, text));
  }
  return xml(
    ns.client,
    'error',
    { type },
    xml(ns.stanzaErrors, condition),
    text === undefined ? undefined : xml(ns.client, 'text', { 'xml:lang': 'en' }, text),
  );
}

/** The answer that refuses an IQ. */
export function refuseIq(request: XmlElement, refusal: Refusal): XmlElement {
  return xml(
    ns.client,
    'iq',
    { type: 'error', to: request.attrs.from, id: request.attrs.id },
    buildRefusal(refusal),
    iqPayload(request),
  );
}
