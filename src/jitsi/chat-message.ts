/**
 * Chat in the room, written and read (lib-jitsi-meet `ChatRoom.ts`: `sendMessage`, `sendPrivateMessage`, `onMessage`):
 * group and private messages, the subject, history; retractions, read only. Reactions and replies are not implemented.
 */
import { defined } from '../base/defined.ts';
import { child, childText, elements, text, type XmlElement, xml } from '../xml/element.ts';
import { ns } from '../xmpp/namespaces.ts';
import { message } from '../xmpp/stanza.ts';
import { isBlank } from './blank-text.ts';
import { jitsiNs } from './namespaces.ts';

/** Who said something, and when. */
export interface SaidInChat {
  /** Occupant JID of the author; the bare room JID for the room itself. */
  from: string;
  /** Sent to us alone. */
  isPrivate: boolean;
  /** Sent before we came: replayed by the room. */
  isHistory: boolean;
  /** When it was sent, ms since the epoch; only history says so. */
  sentAt?: number;
  /** The name of an author who is not in the room, such as a visitor. */
  displayName?: string;
}

export interface ChatStanza extends SaidInChat {
  id?: string;
  text: string;
}

export interface RetractionStanza extends SaidInChat {
  /** Of the message that is taken back. */
  id: string;
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
  const { id } = stanza.attrs;
  const said = parseSaid(stanza);
  const body = childText(stanza, 'body', ns.client);
  if (!said || body === undefined || isBlank(body) || retractElement(stanza)) return undefined;
  return defined({ ...said, id, text: body });
}

/** A message that is taken back (XEP-0424, also in its older form with XEP-0422, and by moderators: XEP-0425). Its body is for those who do not read it. */
export function parseRetraction(stanza: XmlElement): RetractionStanza | undefined {
  const said = parseSaid(stanza);
  const element = retractElement(stanza);
  const id = element?.attrs.id;
  return said && id ? { ...said, id } : undefined;
}

/** The element that names the message. */
function retractElement(stanza: XmlElement): XmlElement | undefined {
  const applied = child(stanza, 'apply-to', ns.fasten);
  const inner = applied && (child(applied, 'moderated') ?? applied);
  if (applied && inner && child(inner, 'retract')) return applied;
  return elements(stanza).find(({ name, ns: each }) => name === 'retract' && each.startsWith(ns.retract));
}

function parseSaid(stanza: XmlElement): SaidInChat | undefined {
  const { from, type } = stanza.attrs;
  if (from === undefined || (type !== 'groupchat' && type !== 'chat')) return undefined;
  const delay = parseDelay(stanza);
  const displayName = child(stanza, 'display-name', jitsiNs.displayName);
  return defined({
    from,
    isPrivate: type === 'chat',
    isHistory: delay !== undefined,
    sentAt: delay?.sentAt,
    displayName: displayName && text(displayName),
  });
}

/** A change of subject, or the room's present one: a subject and no body (XEP-0045, 7.2.15, 8.1). */
export function parseSubject(stanza: XmlElement): string | undefined {
  if (stanza.attrs.type !== 'groupchat' || childText(stanza, 'body', ns.client)) return undefined;
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
