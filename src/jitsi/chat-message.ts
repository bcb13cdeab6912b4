/**
 * Chat in the room, written and read (lib-jitsi-meet `ChatRoom.ts`: `sendMessage`, `sendPrivateMessage`, `onMessage`):
 * group and private messages, the subject, history. Reactions, replies and retractions are not implemented.
 */
import { defined } from '../base/defined.ts';
import { child, childText, text, type XmlElement, xml } from '../xml/element.ts';
import { ns } from '../xmpp/namespaces.ts';
import { message } from '../xmpp/stanza.ts';
import { isBlank } from './blank-text.ts';
import { jitsiNs } from './namespaces.ts';

export interface ChatStanza {
  /** Occupant JID of the author; the bare room JID for the room itself. */
  from: string;
  id?: string;
  text: string;
  /** Sent to us alone. */
  isPrivate: boolean;
  /** Sent before we came: replayed by the room. */
  isHistory: boolean;
  /** When it was sent, ms since the epoch; only history says so. */
  sentAt?: number;
  /** The name of an author who is not in the room, such as a visitor. */
  displayName?: string;
}

export function buildGroupMessage(room: string, id: string, body: string): XmlElement {
  // With an id of ours, others can refer to the message; without one every receiver would invent its own.
  return message({ type: 'groupchat', to: room, id }, xml(ns.client, 'body', {}, body));
}

export function buildPrivateMessage(occupantJid: string, id: string, body: string): XmlElement {
  return message({ type: 'chat', to: occupantJid, id }, xml(ns.client, 'body', {}, body));
}

export function buildSubject(room: string, subject: string): XmlElement {
  return message({ type: 'groupchat', to: room }, xml(ns.client, 'subject', {}, subject));
}

/** The chat message in a stanza; undefined for everything else that messages are used for, and for one without anything to be seen. */
export function parseChatStanza(stanza: XmlElement): ChatStanza | undefined {
  const { from, id, type } = stanza.attrs;
  const body = childText(stanza, 'body', ns.client);
  if (from === undefined || body === undefined || isBlank(body)) return undefined;
  if (type !== 'groupchat' && type !== 'chat') return undefined;
  const delay = parseDelay(stanza);
  const displayName = child(stanza, 'display-name', jitsiNs.displayName);
  return defined({
    from,
    id,
    text: body,
    isPrivate: type === 'chat',
    isHistory: delay !== undefined,
    sentAt: delay?.sentAt,
    displayName: displayName && text(displayName),
  });
}

/** A change of subject, or the room's present one: a subject and no body (XEP-0045, 7.2.15, 8.1). */
export function parseSubject(stanza: XmlElement): string | undefined {
  if (stanza.attrs.type !== 'groupchat' || child(stanza, 'body')) return undefined;
  return childText(stanza, 'subject', ns.client);
}

/** The mark of a delayed delivery (XEP-0203, and its older form XEP-0091); the time is missing if it cannot be read. */
export function parseDelay(stanza: XmlElement): { sentAt?: number } | undefined {
  const delay = child(stanza, 'delay', ns.delay);
  const legacy = child(stanza, 'x', ns.legacyDelay);
  const stamp = (delay ?? legacy)?.attrs.stamp;
  if (!delay && !legacy) return undefined;
  // XEP-0091: CCYYMMDDThh:mm:ss, in UTC.
  const compact = /^(\d{4})(\d\d)(\d\d)T(.*)$/.exec(stamp ?? '');
  const sentAt = Date.parse(
    compact ? `${compact[1]}-${compact[2]}-${compact[3]}T${compact[4]}Z` : (stamp ?? ''),
  );
  return Number.isNaN(sentAt) ? {} : { sentAt };
}
