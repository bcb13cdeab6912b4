/**
 * Presence sent to an occupant JID: entering (XEP-0045, 7.2), change of state (7.7), leaving (7.14). The refusals and their
 * order are those of Prosody's `mod_muc` with Jitsi's `mod_muc_resource_validate`. Not implemented: changing one's nick
 * (refused there too), presence probes.
 */
import { child, childText, type XmlElement, xml } from '../../xml/element.ts';
import { bareJid, resourceOf } from '../../xmpp/jid.ts';
import { mucStatus } from '../../xmpp/muc.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { message, presence } from '../../xmpp/stanza.ts';
import { parseStanzaError } from '../../xmpp/stanza-error.ts';
import { errorReply, type Refusal } from '../xmpp/replies.ts';
import { delayOf, readHistoryRequest } from './history.ts';
import type { Occupant } from './occupant.ts';
import type { Room } from './room.ts';

/** The controller's nick: peers take whoever has it for the focus. */
const reservedNick = 'focus';

/** @param isNewRoom the sender has just created the room */
export function handlePresence(room: Room, stanza: XmlElement, isNewRoom = false): void {
  const { from = '', to = '', type } = stanza.attrs;
  const occupant = room.withRealJid(from);
  switch (type) {
    case undefined: {
      const nick = resourceOf(to);
      const refusal = refusalOf(room, stanza, occupant, nick);
      if (refusal) room.context.send(errorReply(stanza, refusal));
      else if (occupant) update(room, occupant, stanza);
      else enter(room, occupantFor(room, nick, stanza), stanza, isNewRoom);
      break;
    }
    case 'unavailable':
      if (occupant) room.leave(occupant, from, stanza, {});
      break;
    case 'error':
      if (occupant) removeUnreachable(room, occupant, stanza);
      break;
    case 'probe':
      break;
    default:
      room.context.send(errorReply(stanza, { type: 'modify', condition: 'bad-request', by: room.jid }));
  }
}

function refusalOf(
  room: Room,
  stanza: XmlElement,
  occupant: Occupant | undefined,
  nick: string,
): Refusal | undefined {
  if (occupant) {
    if (occupant.nick === nick) return undefined;
    return { type: 'cancel', condition: 'not-allowed', text: 'Nick changes are not allowed' };
  }
  const muc = child(stanza, 'x', ns.muc);
  if (!muc) {
    const text = 'You are not currently connected to this chat';
    return { type: 'cancel', condition: 'item-not-found', text, by: room.jid };
  }
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_]*$/.test(nick)) {
    return { type: 'cancel', condition: 'not-allowed', text: 'Invalid resource' };
  }
  const { from = '' } = stanza.attrs;
  const isAdmin = room.context.isAdmin(bareJid(from));
  if (room.affiliationOf(from) === 'outcast') return { type: 'auth', condition: 'forbidden', by: room.jid };
  if (room.password !== '' && childText(muc, 'password', ns.muc) !== room.password && !isAdmin) {
    return { type: 'auth', condition: 'not-authorized', by: room.jid };
  }
  const holder = room.withNick(nick);
  const isTaken = holder !== undefined && bareJid(holder.realJid) !== bareJid(from);
  if (isTaken || (nick === reservedNick && !isAdmin)) {
    return { type: 'cancel', condition: 'conflict', by: room.jid };
  }
  return undefined;
}

/** Who has the nick already, with another session, is the same occupant: nobody is thrown out. */
function occupantFor(room: Room, nick: string, stanza: XmlElement): Occupant {
  const { from = '' } = stanza.attrs;
  const existing = room.withNick(nick);
  if (!existing) return room.add(nick, from, stanza);
  room.addSession(existing, from, stanza);
  return existing;
}

function enter(room: Room, occupant: Occupant, stanza: XmlElement, isNewRoom: boolean): void {
  describeOthers(room, occupant);
  for (const plugin of room.context.plugins) plugin.entering?.(room, occupant);
  const created = isNewRoom ? [mucStatus.roomCreated] : [];
  room.announce(occupant, { ownStatuses: [...created, mucStatus.nonAnonymous] });
  for (const plugin of room.context.plugins) plugin.entered?.(room, occupant);
  sendHistory(room, occupant, stanza);
}

function update(room: Room, occupant: Occupant, stanza: XmlElement): void {
  occupant.presence = room.presenceOf(occupant, stanza);
  // Who asks to enter again has lost track and gets everything anew.
  const isLost = child(stanza, 'x', ns.muc) !== undefined;
  if (isLost) describeOthers(room, occupant);
  room.announce(occupant);
  if (isLost) sendHistory(room, occupant, stanza);
}

function describeOthers(room: Room, newcomer: Occupant): void {
  for (const other of room.occupants) if (other !== newcomer) room.describe(other, newcomer.realJid);
}

/** @param stanza that asks to enter, and may say how much of it is wanted */
function sendHistory(room: Room, { realJid }: Occupant, stanza: XmlElement): void {
  const muc = child(stanza, 'x', ns.muc);
  const request = readHistoryRequest(muc && child(muc, 'history', ns.muc));
  for (const said of room.history.messagesTo(realJid, request, room.context.now())) room.context.send(said);
  const { subject } = room;
  room.context.send(
    message(
      { type: 'groupchat', from: subject?.from ?? room.jid, to: realJid },
      xml(ns.client, 'subject', {}, subject?.text || undefined),
      subject && delayOf(room.jid, subject.at),
    ),
  );
}

/** A stanza of the room came back as undeliverable: they are gone (Prosody `mod_muc`, `handle_kickable`). */
export function removeUnreachable(room: Room, occupant: Occupant, bounced: XmlElement): void {
  const { from = '' } = bounced.attrs;
  const { condition, text } = parseStanzaError(bounced);
  const words = `Kicked: ${condition.replaceAll('-', ' ')}${text === undefined ? '' : `: ${text}`}`;
  const status = xml(ns.client, 'status', {}, words);
  const announcement = { statuses: [mucStatus.connectionLost] };
  room.leave(occupant, from, presence({ type: 'unavailable' }, status), announcement, true);
}
