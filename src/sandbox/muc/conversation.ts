/**
 * Messages in a room: to everybody (XEP-0045, 7.4), to one occupant (7.5), the subject (8.1). Whatever they carry is passed
 * on as it is. Not implemented: invitations, requests for voice.
 */
import { randomToken } from '../../base/random.ts';
import { child, is, isElement, text, type XmlElement, withAttrs, xml } from '../../xml/element.ts';
import { resourceOf } from '../../xmpp/jid.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { message } from '../../xmpp/stanza.ts';
import { parseStanzaError } from '../../xmpp/stanza-error.ts';
import { errorReply, mayBeAnswered, type Refusal, unhandled } from '../xmpp/replies.ts';
import type { Occupant } from './occupant.ts';
import { removeUnreachable } from './presence.ts';
import { type Room, sessionsOf, withoutRoomExtensions } from './room.ts';

/** A message to the room itself or to one of its occupants. */
export function handleMessage(room: Room, stanza: XmlElement): void {
  const { from = '', to = '', type } = stanza.attrs;
  const sender = room.withRealJid(from);
  if (type === 'error') {
    if (sender && meansGone(stanza)) removeUnreachable(room, sender, stanza);
    return;
  }
  const nick = resourceOf(to);
  const refusal = nick === '' ? toRoom(room, sender, stanza) : toOccupant(room, sender, nick, stanza);
  if (refusal && mayBeAnswered(stanza)) room.context.send(errorReply(stanza, refusal));
}

function toRoom(room: Room, sender: Occupant | undefined, stanza: XmlElement): Refusal | undefined {
  if (stanza.attrs.type !== 'groupchat') return unhandled;
  if (!sender) return notConnected;
  if (sender.role === 'visitor') {
    const text = 'You do not currently have permission to speak in this chat';
    return { type: 'auth', condition: 'forbidden', text };
  }
  const subject = child(stanza, 'subject');
  if (subject && !child(stanza, 'body') && !child(stanza, 'thread')) {
    return changeSubject(room, sender, text(subject));
  }
  const { random } = room.context;
  const said: XmlElement = {
    ...withAttrs(stanza, {
      from: sender.jid,
      to: undefined,
      // Prosody gives an id to a message that has none.
      id: stanza.attrs.id ?? randomToken(random, 24),
    }),
    children: [
      // The name in a message could be anybody's (Prosody plugin `mod_muc_meeting_id`).
      ...stanza.children.filter(
        (node) =>
          !isElement(node) ||
          !(is(node, ns.nick, 'nick') || node.ns === ns.occupantId || isDelayOf(room, node)),
      ),
      room.occupantIdOf(sender),
    ],
  };
  room.history.add(said, room.context.now());
  room.sendToAll(said);
  return undefined;
}

function changeSubject(room: Room, sender: Occupant, words: string): Refusal | undefined {
  if (sender.role !== 'moderator' && !room.anybodyChangesSubject) {
    return { type: 'auth', condition: 'forbidden', text: 'You are not allowed to change the subject' };
  }
  if (room.subject?.from === sender.jid && room.subject.text === words) return undefined;
  room.subject = { text: words, from: sender.jid, at: room.context.now() };
  const subject = xml(ns.client, 'subject', {}, words === '' ? undefined : words);
  room.sendToAll(message({ type: 'groupchat', from: sender.jid }, subject));
  return undefined;
}

function toOccupant(
  room: Room,
  sender: Occupant | undefined,
  nick: string,
  stanza: XmlElement,
): Refusal | undefined {
  if (!sender) return { ...notConnected, by: room.jid };
  if (stanza.attrs.type === 'groupchat') return { type: 'modify', condition: 'bad-request', by: room.jid };
  const recipient = room.withNick(nick);
  if (!recipient) return { ...recipientNotInRoom, by: room.jid };
  const marks = [xml(ns.mucUser, 'x'), room.occupantIdOf(sender)];
  const message: XmlElement = {
    ...withAttrs(stanza, { from: sender.jid, to: undefined }),
    children: [...withoutRoomExtensions(stanza).children, ...marks],
  };
  for (const session of sessionsOf(recipient)) room.context.send(withAttrs(message, { to: session }));
  return undefined;
}

/** A delay that pretends to be the room's. */
function isDelayOf(room: Room, element: XmlElement): boolean {
  return (element.ns === ns.delay || element.ns === ns.legacyDelay) && element.attrs.from === room.jid;
}

/** The errors that say that a client is not there any more (XEP-0045, 18.1.2 of older versions; Prosody `muc/util`). */
function meansGone(error: XmlElement): boolean {
  return goneConditions.has(parseStanzaError(error).condition);
}

const goneConditions = new Set([
  'gone',
  'internal-server-error',
  'item-not-found',
  'jid-malformed',
  'recipient-unavailable',
  'redirect',
  'remote-server-not-found',
  'remote-server-timeout',
  'service-unavailable',
]);

export const notConnected: Refusal = {
  type: 'cancel',
  condition: 'not-acceptable',
  text: 'You are not currently connected to this chat',
};

export const recipientNotInRoom: Refusal = {
  type: 'cancel',
  condition: 'item-not-found',
  text: 'Recipient not in room',
};
