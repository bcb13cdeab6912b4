/**
 * The room as an occupant sees it: presences and messages in, events and outcomes out (XEP-0045, 7; lib-jitsi-meet
 * `ChatRoom.ts`).
 */
import { defined } from '../../base/defined.ts';
import { ConnectionError, ProtocolError } from '../../base/errors.ts';
import {
  type ChatStanza,
  parseChatStanza,
  parseDelay,
  parseRetraction,
  parseSubject,
  type RetractionStanza,
  type SaidInChat,
} from '../../jitsi/chat-message.ts';
import { type FocusState, parseFocusPresence } from '../../jitsi/focus-presence.ts';
import { type JoinError, parseJoinError } from '../../jitsi/join-error.ts';
import { parseJsonMessage } from '../../jitsi/json-message.ts';
import { isIgnoredPresence, parsePermissions } from '../../jitsi/participant-presence.ts';
import { childText, type XmlElement } from '../../xml/element.ts';

import { bareJid, resourceOf } from '../../xmpp/jid.ts';
import { type MucUser, mucStatus, parseMucUser } from '../../xmpp/muc.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { parseStanzaError, StanzaError } from '../../xmpp/stanza-error.ts';
import type { ConferenceEvent, Departure, Retraction } from '../events.ts';
import type { CloseInfo } from '../io.ts';
import { Ghosts } from './ghosts.ts';
import { MessageAuthors } from './message-authors.ts';
import {
  changedFields,
  type Observed,
  observedOf,
  type Participant,
  Roster,
  type RosterChange,
} from './roster.ts';

/** The nick that only the focus has. */
const focusNick = 'focus';

export interface RoomOutcome {
  events: ConferenceEvent[];
  /** We are in; `events` tells what is different from our last stay. */
  entered?: boolean;
  /** We were not let in. */
  refused?: JoinError;
  /** We are out. */
  left?: CloseInfo;
}

export class Room {
  readonly #roster: Roster;
  readonly #ghosts = new Ghosts();
  #jid: string;
  #occupantJid = '';
  /** Not the first stay: what is told now is compared with the last. */
  #isBack = false;
  #passwordGiven = false;
  #isEntered = false;
  #self: Participant | undefined;
  #focus: FocusState | undefined;
  #subject = '';
  readonly #authors = new MessageAuthors();

  constructor(options: { jid: string; hiddenDomain: string | undefined }) {
    this.#jid = options.jid;
    this.#roster = new Roster(options.hiddenDomain);
  }

  get jid(): string {
    return this.#jid;
  }

  /** The others by endpoint id; neither we nor the focus. */
  get participants(): ReadonlyMap<string, Participant> {
    return this.#roster.participants;
  }

  get self(): Participant | undefined {
    return this.#self;
  }

  get focus(): FocusState | undefined {
    return this.#focus;
  }

  get subject(): string {
    return this.#subject;
  }

  /** Our occupant JID: the one asked for, or the one the room assigned. */
  get occupantJid(): string {
    return this.#occupantJid;
  }

  get focusJid(): string {
    return `${this.jid}/${focusNick}`;
  }

  /** The deployment has other names now. */
  movedTo(jid: string): void {
    this.#jid = jid;
  }

  /**
   * We are out of it, and will come again: the room may hold on to what we were for a while.
   * @returns the occupant JID that we had; '' when that was said before
   */
  lost(): string {
    if (!this.#isEntered) return '';
    this.#ghosts.add(this.#self?.jid ?? '', this.#occupantJid);
    this.#isEntered = false;
    this.#isBack = true;
    this.#focus = undefined;
    return this.#occupantJid;
  }

  /** Our own presence has come back, and nothing since says that we are out. */
  get isEntered(): boolean {
    return this.#isEntered;
  }

  /** Whether an endpoint id is ours or somebody's in the room. */
  isHere(endpointId: string): boolean {
    return endpointId === resourceOf(this.#occupantJid) || this.participants.has(endpointId);
  }

  /** A join presence is about to be sent. */
  entering(occupantJid: string, passwordGiven: boolean): void {
    this.#occupantJid = occupantJid;
    this.#passwordGiven = passwordGiven;
    this.#roster.begin();
  }

  presence(stanza: XmlElement): RoomOutcome {
    const { from = '', type } = stanza.attrs;
    if (type === 'error') {
      // A refusal of a later presence changes nothing: the room keeps the state it had.
      if (this.#isEntered || from !== this.#occupantJid) return { events: [] };
      return { events: [], refused: parseJoinError(stanza, this.jid, this.#passwordGiven) };
    }
    const user = parseMucUser(stanza);
    if (!user?.item || (type !== undefined && type !== 'unavailable')) return { events: [] };
    const isSelf = user.statuses.has(mucStatus.self);
    // What is left of us from before is nobody, unless the room takes us for the same occupant.
    const isOurs = from === this.#occupantJid;
    if (!isSelf && !isOurs && this.#ghosts.has(user.item.jid, from)) return { events: [] };
    if (type === 'unavailable') return this.#unavailable(stanza, from, user);
    // The room says by status 110 that it is us, also when it assigned another nick (210).
    if (isSelf || isOurs) return this.#ownPresence(stanza, from, user);
    if (resourceOf(from) === focusNick) return { events: this.#focusPresence(stanza) };
    const change = this.#roster.update(stanza, user.item);
    return { events: change ? [rosterEvent(change, this.jid)] : [] };
  }

  /** Something was seen at the bridge of somebody, perhaps of us. */
  observed(endpointId: string, change: Partial<Observed>): ConferenceEvent[] {
    const before = this.#self;
    if (before?.id !== endpointId) {
      const seen = this.#roster.observed(endpointId, change);
      return seen ? [rosterEvent(seen, this.jid)] : [];
    }
    const self = { ...before, ...change };
    const changed = changedFields(before, self);
    if (changed.length === 0) return [];
    this.#self = self;
    return [{ name: 'selfChanged', payload: { self, changed } }];
  }

  /** A message from the room or somebody in it. */
  message(stanza: XmlElement, now: number): ConferenceEvent[] {
    const { from = '', type, id } = stanza.attrs;
    if (type === 'error') {
      const error = new StanzaError(`sending a message to ${from}`, parseStanzaError(stanza));
      return [{ name: 'messageFailed', payload: defined({ id, error }) }];
    }
    const retraction = parseRetraction(stanza);
    if (retraction) return this.#retracted(retraction, now);
    const chat = parseChatStanza(stanza);
    if (chat) {
      if (this.#isToldAlready(chat)) return [];
      if (chat.id !== undefined) this.#authors.note(chat.id, chat.from);
      const { id: messageId, text } = chat;
      const message = defined({ id: messageId, text, ...this.#said(chat, now) });
      return [{ name: 'messageReceived', payload: { message } }];
    }
    const subject = parseSubject(stanza);
    if (subject !== undefined) {
      if (subject === this.#subject) return [];
      this.#subject = subject;
      return [{ name: 'subjectChanged', payload: defined({ subject, from: resourceOf(from) || undefined }) }];
    }
    const json = parseJsonMessage(stanza);
    // JSON in the history is about a past that is over.
    if (!json || parseDelay(stanza)) return [];
    return [{ name: 'jsonMessageReceived', payload: { from, message: json } }];
  }

  /** Servers relay it whoever it is from (signalling dossier 6): only its author may take a message back, and the room. */
  #retracted(retraction: RetractionStanza, now: number): ConferenceEvent[] {
    const { from, id } = retraction;
    const author = this.#authors.of(id);
    if (author !== undefined && author !== from && from !== this.jid) {
      const words = `${resourceOf(from)} took back a message of ${resourceOf(author)}; it was left as it is`;
      return [
        { name: 'warning', payload: { error: new ProtocolError(words, { code: 'retraction-foreign' }) } },
      ];
    }
    return [{ name: 'messageRetracted', payload: { retraction: { id, ...this.#said(retraction, now) } } }];
  }

  /** The room tells its history anew when we come again. What has no id is taken for new. */
  #isToldAlready({ id, from, isHistory }: ChatStanza): boolean {
    return this.#isBack && isHistory && id !== undefined && this.#authors.of(id) === from;
  }

  /** Who said something, and when. */
  #said(stanza: SaidInChat, now: number): Omit<Retraction, 'id'> {
    const { from, isHistory, isPrivate, sentAt } = stanza;
    const author = resourceOf(from) || undefined;
    const other = author === undefined ? undefined : this.#roster.get(author);
    const isOwn = from === this.#occupantJid || (!other && this.#ghosts.wasOurs(from));
    const known = isOwn ? this.#self : other;
    const displayName = stanza.displayName ?? known?.displayName;
    return defined({ from: author, displayName, isOwn, isPrivate, isHistory, at: sentAt ?? now });
  }

  /** Whether a message says that the room's configuration changed (XEP-0045, 10.2.1). */
  isConfigurationChange(stanza: XmlElement): boolean {
    return (
      stanza.attrs.from === this.jid &&
      parseMucUser(stanza)?.statuses.has(mucStatus.configurationChanged) === true
    );
  }

  /** Whether a message is the last of what the room tells those who enter (XEP-0045, 7.2.15). */
  isEndOfHistory(stanza: XmlElement): boolean {
    return parseSubject(stanza) !== undefined;
  }

  #ownPresence(stanza: XmlElement, from: string, user: MucUser): RoomOutcome {
    if (!user.item || bareJid(from) !== this.jid) return { events: [] };
    const before = this.#self;
    const self = { ...this.#roster.read(stanza, user.item), ...observedOf(before) };
    this.#self = self;
    this.#occupantJid = from;
    const events: ConferenceEvent[] = [];
    const permissions = parsePermissions(stanza);
    if (permissions) events.push({ name: 'permissionsChanged', payload: { permissions } });
    const changed = before ? changedFields(before, self) : [];
    if (changed.length > 0) events.push({ name: 'selfChanged', payload: { self, changed } });
    if (this.#isEntered) return { events };
    this.#isEntered = true;
    return { events: [...events, ...this.#settle()], entered: true };
  }

  #settle(): ConferenceEvent[] {
    const { gone, changes } = this.#roster.settle();
    // Those who were there before us are in `participants`; nobody could have listened for them yet.
    if (!this.#isBack) return [];
    const left = gone.map(
      (participant): ConferenceEvent => ({
        name: 'participantLeft',
        payload: { participant, departure: { reason: 'unseen' } },
      }),
    );
    return [...left, ...changes.map((change) => rosterEvent(change, this.jid))];
  }

  #focusPresence(stanza: XmlElement): ConferenceEvent[] {
    const focus = parseFocusPresence(stanza);
    if (JSON.stringify(focus) === JSON.stringify(this.#focus)) return [];
    this.#focus = focus;
    return [{ name: 'focusChanged', payload: { focus } }];
  }

  #unavailable(stanza: XmlElement, from: string, user: MucUser): RoomOutcome {
    if (isIgnoredPresence(stanza)) return { events: [] };
    const newNick = user.statuses.has(mucStatus.nickChanged) ? user.item?.nick : undefined;
    if (from === this.#occupantJid || user.statuses.has(mucStatus.self)) {
      if (newNick === undefined) return { events: [], left: departureOfOurs(stanza, user) };
      this.#occupantJid = `${this.jid}/${newNick}`;
      return { events: [] };
    }
    if (resourceOf(from) === focusNick) {
      this.#focus = undefined;
      return { events: [{ name: 'focusChanged', payload: { focus: undefined } }] };
    }
    const participant = this.#roster.remove(resourceOf(from));
    if (!participant || !this.#isEntered) return { events: [] };
    return {
      events: [{ name: 'participantLeft', payload: { participant, departure: departure(stanza, user) } }],
    };
  }
}

function rosterEvent(change: RosterChange, room: string): ConferenceEvent {
  if (change.type === 'refused') return { name: 'warning', payload: { error: roomTooLarge(room) } };
  if (change.type === 'joined')
    return { name: 'participantJoined', payload: { participant: change.participant } };
  const { participant, previous, changed } = change;
  return { name: 'participantChanged', payload: { participant, previous, changed } };
}

function roomTooLarge(room: string): ProtocolError {
  const words = `being in ${room}: more participants, or longer presences, than are kept; the rest is left out`;
  return new ProtocolError(words, { code: 'room-too-large' });
}

function departureOfOurs(stanza: XmlElement, user: MucUser): CloseInfo {
  if (user.destroy) {
    return defined({
      reason: 'destroyed' as const,
      text: user.destroy.reason,
      alternativeRoom: user.destroy.jid,
    });
  }
  const { reason, text, actor } = departure(stanza, user);
  if (reason !== 'connection-lost') return defined({ reason, text, actor });
  const words = text === undefined ? '' : ` (${text})`;
  const message = `being in the room: the server has lost us, or shuts down${words}; join again`;
  return defined({ reason, text, error: new ConnectionError(message, { code: reason, retryable: true }) });
}

/** What the room says; what happened while we were away it does not. */
type StatedReason = Exclude<Departure['reason'], 'unseen'>;

/** What the first of these codes means that is there: servers write "kicked" beside the technical ones (XEP-0045, 15.6.2). */
const departures: readonly (readonly [code: number, reason: StatedReason])[] = [
  [mucStatus.banned, 'banned'],
  [mucStatus.connectionLost, 'connection-lost'],
  [mucStatus.shutdown, 'connection-lost'],
  [mucStatus.kicked, 'kicked'],
  [mucStatus.affiliationLost, 'removed'],
  [mucStatus.membersOnly, 'removed'],
];

function departure(stanza: XmlElement, { item, statuses }: MucUser): Departure & { reason: StatedReason } {
  const text = item?.reason ?? (childText(stanza, 'status', ns.client) || undefined);
  // Prosody's words for those who were connected to it when it was told to stop (`mod_posix`), without a code.
  const isShutdown = text?.startsWith('Disconnected: Received SIG') === true;
  const otherwise = isShutdown ? ('connection-lost' as const) : ('left' as const);
  const [, reason] = departures.find(([code]) => statuses.has(code)) ?? [0, otherwise];
  return defined({ reason, text, actor: item?.actorNick } as const);
}
