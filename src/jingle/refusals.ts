/** How Jingle requests are refused (XEP-0166, 6.2 and 10). */
import { type XmlElement, xml } from '../xml/element.ts';
import { errorReply } from '../xmpp/stanza.ts';
import type { StanzaErrorType } from '../xmpp/stanza-error.ts';
import { jingleNs } from './namespaces.ts';

export interface JingleRefusal {
  type: StanzaErrorType;
  condition: string;
  /** Child in Jingle's own error namespace. */
  detail?: 'unknown-session' | 'out-of-order';
  text?: string;
}

/** A message that crossed the end of its session gets this too. */
const unknownSession: JingleRefusal = {
  type: 'cancel',
  condition: 'item-not-found',
  detail: 'unknown-session',
};

/** A second session-initiate with the same sid (lib-jitsi-meet `strophe.jingle.js`). */
const duplicateSession: JingleRefusal = {
  type: 'cancel',
  condition: 'service-unavailable',
  text: 'this session exists already',
};

/** An action that only the side that was invited may take. */
const outOfOrder: JingleRefusal = { type: 'wait', condition: 'unexpected-request', detail: 'out-of-order' };

const unsupportedAction: JingleRefusal = { type: 'cancel', condition: 'feature-not-implemented' };

export const refusals: Readonly<
  Record<'unknownSession' | 'duplicateSession' | 'outOfOrder' | 'unsupportedAction', JingleRefusal>
> = { unknownSession, duplicateSession, outOfOrder, unsupportedAction };

export function refuseJingle(iq: XmlElement, { type, condition, detail, text }: JingleRefusal): XmlElement {
  const details = detail === undefined ? [] : [xml(jingleNs.errors, detail)];
  return errorReply(iq, type, condition, text, details);
}
