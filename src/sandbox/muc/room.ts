/**
 * A room of Multi-User Chat (XEP-0045): who is in it, what they may do, what everybody is told. Rooms are as Jitsi's Prosody
 * configures them: temporary, hidden, real JIDs visible to all. What happens in it is in the files beside this one.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type RandomBytes, randomUuid } from '../../base/random.ts';
import { bareJid, localOf } from '../../xmpp/jid.ts';
import type { MucAffiliation, MucRole } from '../../xmpp/muc.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { presence } from '../../xmpp/stanza.ts';
import { type XmlElement, withAttrs, xml } from '../../xml/element.ts';
import { History } from './history.ts';
import { type Announcement, buildAnnouncement, buildDescription } from './announcement.ts';
import type { Occupant } from './occupant.ts';

/** A part of the deployment that takes part in rooms without being in them. */
export interface RoomPlugin {
  /** Somebody enters: called after the others' presences were sent and before their own. */
  entering?(room: Room, occupant: Occupant): void;
  /** Called after their own presence, before the history. */
  entered?(room: Room, occupant: Occupant): void;
  /** @param lastPresence what they had said of themselves while they were in */
  left?(room: Room, occupant: Occupant, lastPresence: XmlElement): void;
}

/** What rooms need of the service that holds them. */
export interface RoomContext {
  readonly random: RandomBytes;
  readonly plugins: readonly RoomPlugin[];
  now(): number;
  send(stanza: XmlElement): void;
  /** @param stanza without `to` */
  sendToAll(stanza: XmlElement, realJids: readonly string[]): void;
  /** Administrators create rooms, own all of them and need no password. */
  isAdmin(bareJid: string): boolean;
  /** Nobody is left in the room. */
  forget(room: Room): void;
}

export interface Subject {
  text: string;
  /** Occupant JID of who set it. */
  from: string;
  at: number;
}

export class Room {
  readonly jid: string;
  readonly name: string;
  readonly context: RoomContext;
  readonly history: History;
  meetingId: string;
  /** ms since the epoch, in whole seconds: when the first participant came to the focus. */
  createdAt: number | undefined;
  password = '';
  title = '';
  anybodyChangesSubject = false;
  subject: Subject | undefined;
  readonly #byNick = new Map<string, Occupant>();
  readonly #byRealJid = new Map<string, Occupant>();
  readonly #affiliations = new Map<string, MucAffiliation>();
  readonly #salt: Uint8Array;

  constructor(jid: string, context: RoomContext) {
    this.jid = jid;
    this.name = localOf(jid);
    this.context = context;
    this.history = new History(jid);
    this.meetingId = randomUuid(context.random);
    this.#salt = context.random(16);
  }

  get occupants(): readonly Occupant[] {
    return [...this.#byNick.values()];
  }

  withNick(nick: string): Occupant | undefined {
    return this.#byNick.get(nick);
  }

  withRealJid(realJid: string): Occupant | undefined {
    return this.#byRealJid.get(realJid);
  }

  /** @param jid bare or full */
  affiliationOf(jid: string): MucAffiliation {
    const bare = bareJid(jid);
    return this.context.isAdmin(bare) ? 'owner' : (this.#affiliations.get(bare) ?? 'none');
  }

  setAffiliation(bare: string, affiliation: MucAffiliation): void {
    if (affiliation === 'none') this.#affiliations.delete(bare);
    else this.#affiliations.set(bare, affiliation);
  }

  /** Puts somebody into the room; nobody is told yet. */
  add(nick: string, realJid: string, stanza: XmlElement): Occupant {
    const occupant: Occupant = {
      nick,
      jid: `${this.jid}/${nick}`,
      realJid,
      olderJids: [],
      id: toBase64(hmac(sha256, new TextEncoder().encode(bareJid(realJid)), this.#salt)),
      role: defaultRole(this.affiliationOf(realJid)),
      presence: stanza,
    };
    occupant.presence = this.presenceOf(occupant, stanza);
    this.#byNick.set(nick, occupant);
    this.#byRealJid.set(realJid, occupant);
    if (this.#byNick.size > 1) this.createdAt ??= Math.floor(this.context.now() / 1000) * 1000;
    return occupant;
  }

  /** One more session of somebody who is in the room already. */
  addSession(occupant: Occupant, realJid: string, stanza: XmlElement): void {
    occupant.olderJids = sessionsOf(occupant);
    occupant.realJid = realJid;
    occupant.presence = this.presenceOf(occupant, stanza);
    this.#byRealJid.set(realJid, occupant);
  }

  /**
   * A session leaves: with the last one the occupant does, otherwise the others are told which are left.
   * @param isGone it cannot be told any more
   */
  leave(
    occupant: Occupant,
    realJid: string,
    stanza: XmlElement | undefined,
    announcement: Announcement,
    isGone = false,
  ): void {
    const [next, ...older] = sessionsOf(occupant).filter((jid) => jid !== realJid);
    if (next === undefined) {
      this.remove(occupant, stanza, announcement);
      return;
    }
    this.#byRealJid.delete(realJid);
    occupant.realJid = next;
    occupant.olderJids = older;
    if (!isGone) {
      const leaving: Occupant = { ...occupant, realJid, olderJids: [], role: 'none' };
      leaving.presence = this.presenceOf(occupant, stanza ?? presence({ type: 'unavailable' }));
      this.context.send(buildAnnouncement(leaving, this.affiliationOf(realJid), announcement).forSelf);
    }
    this.announce(occupant);
  }

  /**
   * Takes somebody out, tells everybody, and drops the room when they were the last.
   * @param stanza what they said when leaving; undefined when they did not go of their own accord
   */
  remove(occupant: Occupant, stanza: XmlElement | undefined, announcement: Announcement): void {
    this.#removeTogether([occupant], stanza, announcement);
  }

  /** Takes everybody out at once: each is told of nobody else (XEP-0045, 10.9). */
  clear(announcement: Announcement): void {
    this.#removeTogether(this.occupants, undefined, announcement);
  }

  /** A client's presence as others get it: the room's own extensions are the room's to write (XEP-0045, 7.2.2). */
  presenceOf(occupant: Occupant, stanza: XmlElement): XmlElement {
    return {
      ...withAttrs(stanza, { from: occupant.jid, to: undefined }),
      children: [...withoutRoomExtensions(stanza).children, this.occupantIdOf(occupant)],
    };
  }

  occupantIdOf(occupant: Occupant): XmlElement {
    return xml(ns.occupantId, 'occupant-id', { id: occupant.id });
  }

  /** Tells everybody of an occupant's state, the occupant last (XEP-0045, 7.2.2). */
  announce(occupant: Occupant, announcement: Announcement = {}): void {
    const { forOthers, forSelf } = buildAnnouncement(
      occupant,
      this.affiliationOf(occupant.realJid),
      announcement,
    );
    const others = this.occupants.filter((other) => other !== occupant).flatMap(sessionsOf);
    this.context.sendToAll(forOthers, others);
    for (const to of sessionsOf(occupant)) this.context.send(withAttrs(forSelf, { to }));
  }

  /** An occupant's presence as a newcomer gets it (XEP-0045, 7.2.2). */
  describe(occupant: Occupant, to: string): void {
    const affiliation = this.affiliationOf(occupant.realJid);
    this.context.send(withAttrs(buildDescription(occupant, affiliation), { to }));
  }

  /** @param stanza without `to` */
  sendToAll(stanza: XmlElement): void {
    this.context.sendToAll(stanza, [...this.#byRealJid.keys()]);
  }

  /** A short mark of a real JID that only this room can make. */
  markOf(realJid: string): Uint8Array {
    return hmac(sha256, this.#salt, new TextEncoder().encode(realJid)).subarray(0, 8);
  }

  #removeTogether(
    occupants: readonly Occupant[],
    stanza: XmlElement | undefined,
    announcement: Announcement,
  ): void {
    const lastPresences = new Map(occupants.map((occupant) => [occupant, occupant.presence]));
    for (const occupant of occupants) {
      this.#byNick.delete(occupant.nick);
      for (const jid of sessionsOf(occupant)) this.#byRealJid.delete(jid);
      occupant.role = 'none';
      occupant.presence = this.presenceOf(occupant, stanza ?? presence({ type: 'unavailable' }));
    }
    for (const [occupant, lastPresence] of lastPresences) {
      this.announce(occupant, announcement);
      for (const plugin of this.context.plugins) plugin.left?.(this, occupant, lastPresence);
    }
    if (this.#byNick.size === 0) this.context.forget(this);
  }
}

/** Full JIDs, the newest first. */
export function sessionsOf({ olderJids, realJid }: Occupant): readonly string[] {
  return [realJid, ...olderJids];
}

/** XEP-0045, 5.1.1 and 5.2: what an affiliation gives on entering. */
export function defaultRole(affiliation: MucAffiliation): MucRole {
  if (affiliation === 'outcast') return 'none';
  return affiliation === 'owner' || affiliation === 'admin' ? 'moderator' : 'participant';
}

/** Clients cannot speak for the room. */
export function withoutRoomExtensions(stanza: XmlElement): XmlElement {
  const children = stanza.children.filter(
    (node) =>
      typeof node === 'string' || (node.ns !== ns.muc && node.ns !== ns.mucUser && node.ns !== ns.occupantId),
  );
  return { ...stanza, children };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
