/**
 * IQs between occupants (XEP-0045, 17.4 "Sending IQ stanzas"; Prosody `mod_muc`, `handle_iq_to_occupant`): the room rewrites
 * addresses and ids. The id on the other side is long and says, for the room alone, whose request it was: a client that
 * does not echo it byte for byte gets no answer delivered.
 */
import { child, type XmlElement, withAttrs } from '../../xml/element.ts';
import { resourceOf } from '../../xmpp/jid.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { errorReply, isIq, mayBeAnswered, resultReply } from '../xmpp/replies.ts';
import { notConnected, recipientNotInRoom } from './conversation.ts';
import type { Occupant } from './occupant.ts';
import type { Room } from './room.ts';

export function handlePrivateIq(room: Room, stanza: XmlElement): void {
  const { from = '', to = '' } = stanza.attrs;
  const recipient = room.withNick(resourceOf(to));
  if (!mayBeAnswered(stanza)) {
    if (recipient) returnAnswer(room, recipient, stanza);
    return;
  }
  const sender = room.withRealJid(from);
  if (!sender) room.context.send(errorReply(stanza, { ...notConnected, by: room.jid }));
  else if (!recipient) room.context.send(errorReply(stanza, { ...recipientNotInRoom, by: room.jid }));
  else if (sender === recipient && isIq(stanza, 'get') && child(stanza, 'ping', ns.ping)) {
    // XEP-0410, 3: the room answers for the one who asks whether it is still there.
    room.context.send(resultReply(stanza));
  } else {
    const id = routedId(room, recipient.realJid, stanza.attrs.id ?? '', sender.realJid);
    room.context.send(withAttrs(stanza, { from: sender.jid, to: recipient.realJid, id }));
  }
}

/** @param asker who the answer is for, if its id says so too */
function returnAnswer(room: Room, asker: Occupant, answer: XmlElement): void {
  const { from = '', id = '' } = answer.attrs;
  const answering = room.withRealJid(from);
  const request = readRoutedId(id);
  if (!answering || !request || request.to !== from) return;
  const mark = room.markOf(asker.realJid);
  if (!mark.every((byte, index) => byte === request.mark[index])) return;
  room.context.send(withAttrs(answer, { from: answering.jid, to: asker.realJid, id: request.id }));
}

/** Base64 of the recipient's real JID, the id, and the asker's mark, with a NUL between. */
function routedId(room: Room, to: string, id: string, asker: string): string {
  const bytes = [...new TextEncoder().encode(`${to}\0${id}\0`), ...room.markOf(asker)];
  return btoa(String.fromCharCode(...bytes));
}

function readRoutedId(id: string): { to: string; id: string; mark: Uint8Array } | undefined {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(id), (character) => character.codePointAt(0) ?? 0);
  } catch {
    return undefined;
  }
  const first = bytes.indexOf(0);
  const second = bytes.indexOf(0, first + 1);
  if (first < 0 || second < 0) return undefined;
  const decode = (part: Uint8Array): string => new TextDecoder().decode(part);
  return {
    to: decode(bytes.subarray(0, first)),
    id: decode(bytes.subarray(first + 1, second)),
    mark: bytes.subarray(second + 1),
  };
}
