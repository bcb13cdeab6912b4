/** Changing roles and affiliations by IQ (XEP-0045, 8.2–9.8), one item at a time. Not implemented: asking for lists. */
import { childText, elements, type XmlElement } from '../../xml/element.ts';
import { ParseError } from '../../base/errors.ts';
import { bareJid, parseJid } from '../../xmpp/jid.ts';
import { iqPayload } from '../../xmpp/stanza.ts';
import { errorReply, type Refusal, resultReply } from '../xmpp/replies.ts';
import { setAffiliation, setRole } from './moderation.ts';
import type { Room } from './room.ts';

/** An IQ set to the room with a `muc#admin` query. */
export function handleAdminQuery(room: Room, stanza: XmlElement): void {
  const query = iqPayload(stanza);
  const item = query && elements(query)[0];
  const refusal = item ? carryOut(room, stanza.attrs.from ?? '', item) : badRequest;
  room.context.send(refusal ? errorReply(stanza, refusal) : resultReply(stanza));
}

const badRequest: Refusal = { type: 'cancel', condition: 'bad-request' };

function carryOut(room: Room, actor: string, item: XmlElement): Refusal | undefined {
  const { affiliation, role, nick } = item.attrs;
  const reason = childText(item, 'reason');
  if (item.attrs.jid !== undefined) {
    const problem = jidProblem(item.attrs.jid);
    if (problem) return problem;
  }
  // Some clients name an occupant by the other kind of address than the one the change is about.
  const occupant = nick === undefined ? undefined : room.withNick(nick);
  const jid = item.attrs.jid?.toLowerCase() ?? (occupant && bareJid(occupant.realJid));
  if (affiliation !== undefined && jid !== undefined && role === undefined) {
    return setAffiliation(room, actor, { jid, affiliation, reason });
  }
  const target =
    nick ?? room.occupants.find(({ realJid }) => jid !== undefined && bareJid(realJid) === jid)?.nick;
  if (role !== undefined && target !== undefined && affiliation === undefined) {
    return setRole(room, actor, { nick: target, role, reason });
  }
  return badRequest;
}

function jidProblem(jid: string): Refusal | undefined {
  try {
    if (parseJid(jid).resource === '') return undefined;
    return { type: 'modify', condition: 'jid-malformed', text: 'Bare JID expected, got full JID' };
  } catch (error) {
    if (error instanceof ParseError) return { type: 'modify', condition: 'jid-malformed' };
    throw error;
  }
}
