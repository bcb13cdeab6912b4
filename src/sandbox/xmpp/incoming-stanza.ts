/**
 * What a server demands of a client's stanza before anybody handles it (RFC 6120, 8.1 and 8.2.3), in Prosody's words, and
 * what it stamps on it.
 */
import { ParseError } from '../../base/errors.ts';
import { elements, type XmlElement, withAttrs } from '../../xml/element.ts';
import { bareJid, parseJid } from '../../xmpp/jid.ts';
import { errorReply, mayBeAnswered } from './replies.ts';

const iqTypes = new Set(['get', 'set', 'result', 'error']);

export type CheckedStanza =
  | { name: 'accepted'; stanza: XmlElement }
  | { name: 'refused'; reply: XmlElement }
  | { name: 'ignored' };

/** @param jid the session's full JID */
export function checkStanza(received: XmlElement, jid: string): CheckedStanza {
  const problem = received.name === 'iq' ? iqProblem(received) : undefined;
  if (problem !== undefined) return refused(received, 'bad-request', problem);
  const stamped = withAttrs(received, { from: jid, 'xml:lang': received.attrs['xml:lang'] ?? 'en' });
  const { to } = received.attrs;
  if (to === undefined || to === bareJid(jid)) {
    return { name: 'accepted', stanza: withAttrs(stamped, { to: undefined }) };
  }
  const address = normalised(to);
  if (address === undefined) {
    if (!mayBeAnswered(received)) return { name: 'ignored' };
    return refused(received, 'jid-malformed', `The destination address is invalid: ${to}`);
  }
  return { name: 'accepted', stanza: withAttrs(stamped, { to: address }) };
}

function iqProblem(iq: XmlElement): string | undefined {
  const { type = '', id } = iq.attrs;
  if (!iqTypes.has(type)) return 'Invalid IQ type';
  if (id === undefined) return "Missing required 'id' attribute";
  if ((type === 'get' || type === 'set') && elements(iq).length !== 1) {
    return 'Incorrect number of children for IQ stanza';
  }
  return undefined;
}

function refused(stanza: XmlElement, condition: string, text: string): CheckedStanza {
  return { name: 'refused', reply: errorReply(stanza, { type: 'modify', condition, text }) };
}

/** Local part and domain without regard to case (RFC 7622, 3.2 and 3.3). */
function normalised(address: string): string | undefined {
  try {
    const { local, domain, resource } = parseJid(address);
    const bare = `${local === '' ? '' : `${local.toLowerCase()}@`}${domain.toLowerCase()}`;
    return resource === '' ? bare : `${bare}/${resource}`;
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
