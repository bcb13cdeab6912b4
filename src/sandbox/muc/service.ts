/**
 * The Multi-User Chat service (XEP-0045) of a Jitsi deployment: finds the room of a stanza. Only administrators create rooms,
 * by entering them; rooms vanish with their last occupant. A tenant has a subdomain of its own for its rooms: they are
 * known by the addresses that clients use, not by those that Prosody rewrites them to.
 */
import type { RandomBytes } from '../../base/random.ts';
import { buildDiscoInfo, type DiscoInfo } from '../../xmpp/disco.ts';
import { bareJid, splitJid } from '../../xmpp/jid.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { iqPayload, presence } from '../../xmpp/stanza.ts';
import { child, is, type XmlElement, xml } from '../../xml/element.ts';
import { errorReply, isIq, mayBeAnswered, type Refusal, resultReply, unhandled } from '../xmpp/replies.ts';
import type { Component } from '../xmpp/router.ts';
import { handleAdminQuery } from './admin-query.ts';
import { handleOwnerQuery } from './configuration.ts';
import { handleMessage } from './conversation.ts';
import { handlePresence } from './presence.ts';
import { handlePrivateIq } from './private-iq.ts';
import { Room, type RoomContext, type RoomPlugin } from './room.ts';
import { buildRoomInformation } from './room-information.ts';

export interface MucServiceOptions {
  /** The service's domain, `conference.DOMAIN`; a tenant's is `conference.TENANT.DOMAIN`. */
  domain: string;
  /** Bare JIDs that may create rooms. */
  admins: ReadonlySet<string>;
  /** Passwords that rooms have from the start, by name. */
  passwords: ReadonlyMap<string, string>;
  plugins: readonly RoomPlugin[];
  random: RandomBytes;
  now(): number;
  send(stanza: XmlElement): void;
  sendToAll(stanza: XmlElement, realJids: readonly string[]): void;
}

export class MucService implements Component {
  readonly #options: MucServiceOptions;
  readonly #rooms = new Map<string, Room>();

  constructor(options: MucServiceOptions) {
    this.#options = options;
  }

  /** By bare JID. */
  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms;
  }

  /** The address of a room. @param tenant '' for none */
  roomJid(name: string, tenant = ''): string {
    const [prefix, ...rest] = this.#options.domain.split('.');
    const domain = tenant === '' ? this.#options.domain : [prefix, tenant, ...rest].join('.');
    return `${name}@${domain}`.toLowerCase();
  }

  serves(domain: string): boolean {
    const own = this.#options.domain;
    const labels = domain.split('.');
    const isTenants = labels.length === own.split('.').length + 1 && labels.toSpliced(1, 1).join('.') === own;
    return domain === own || isTenants;
  }

  handle(stanza: XmlElement): void {
    const { to = '' } = stanza.attrs;
    const { local, domain } = splitJid(to);
    if (local === '') this.#handleForService(stanza);
    else this.#handleForRoom(stanza, this.#rooms.get(bareJid(to)), domain);
  }

  /** A client is gone: so it is in every room. @param status what others are to read about it, if anything */
  leaveAll(realJid: string, status?: string): void {
    const words = status === undefined ? undefined : xml(ns.client, 'status', {}, status);
    for (const room of this.#rooms.values()) {
      const occupant = room.withRealJid(realJid);
      if (occupant) room.leave(occupant, realJid, presence({ type: 'unavailable' }, words), {}, true);
    }
  }

  /** Dies, and the rooms with it: nobody is told. */
  crash(): void {
    this.#rooms.clear();
  }

  #handleForService(stanza: XmlElement): void {
    const payload = isIq(stanza, 'get') ? iqPayload(stanza) : undefined;
    const isPlain = payload?.attrs.node === undefined;
    if (payload && is(payload, ns.discoInfo, 'query') && isPlain) {
      this.#options.send(resultReply(stanza, buildDiscoInfo(serviceInfo)));
    } else if (payload && is(payload, ns.discoItems, 'query') && isPlain) {
      // All rooms are hidden.
      this.#options.send(resultReply(stanza, xml(ns.discoItems, 'query')));
    } else this.#refuse(stanza, unhandled);
  }

  #handleForRoom(stanza: XmlElement, room: Room | undefined, domain: string): void {
    const { type, from = '', to = '' } = stanza.attrs;
    if (!room) {
      const wantsIn = stanza.name === 'presence' && type === undefined && child(stanza, 'x', ns.muc);
      if (!wantsIn) this.#refuse(stanza, { type: 'cancel', condition: 'item-not-found', by: domain });
      else if (this.#options.admins.has(bareJid(from)))
        handlePresence(this.#create(bareJid(to), from), stanza, true);
      else this.#refuse(stanza, { ...creationRestricted, by: domain });
    } else if (stanza.name === 'presence') this.#handlePresence(room, stanza);
    else if (stanza.name === 'message') handleMessage(room, stanza);
    else if (to !== room.jid) handlePrivateIq(room, stanza);
    else this.#handleRoomIq(room, stanza);
  }

  #handlePresence(room: Room, stanza: XmlElement): void {
    const { from = '', to } = stanza.attrs;
    if (to !== room.jid) {
      handlePresence(room, stanza);
      return;
    }
    // Some clients leave out the nick once they are in (Prosody `mod_muc`).
    const occupant = room.withRealJid(from);
    if (occupant) handlePresence(room, { ...stanza, attrs: { ...stanza.attrs, to: occupant.jid } });
    else this.#refuse(stanza, unhandled);
  }

  #handleRoomIq(room: Room, stanza: XmlElement): void {
    const payload = iqPayload(stanza);
    const isGet = isIq(stanza, 'get');
    const isRequest = isGet || isIq(stanza, 'set');
    if (payload && isGet && is(payload, ns.discoInfo, 'query')) this.#describe(room, stanza);
    else if (payload && isGet && is(payload, ns.discoItems, 'query')) {
      this.#options.send(resultReply(stanza, xml(ns.discoItems, 'query')));
    } else if (payload && isRequest && is(payload, ns.mucOwner, 'query')) handleOwnerQuery(room, stanza);
    else if (payload && isIq(stanza, 'set') && is(payload, ns.mucAdmin, 'query'))
      handleAdminQuery(room, stanza);
    else this.#refuse(stanza, unhandled);
  }

  #describe(room: Room, stanza: XmlElement): void {
    const isInside = room.withRealJid(stanza.attrs.from ?? '') !== undefined;
    if (isInside) this.#options.send(resultReply(stanza, buildRoomInformation(room)));
    else this.#refuse(stanza, { type: 'auth', condition: 'forbidden' });
  }

  #create(jid: string, creator: string): Room {
    const options = this.#options;
    const context: RoomContext = {
      random: options.random,
      plugins: options.plugins,
      now: () => options.now(),
      send: (stanza) => options.send(stanza),
      sendToAll: (stanza, realJids) => options.sendToAll(stanza, realJids),
      isAdmin: (bare) => options.admins.has(bare),
      forget: (room) => {
        if (this.#rooms.get(room.jid) === room) this.#rooms.delete(room.jid);
      },
    };
    const room = new Room(jid, context);
    room.setAffiliation(bareJid(creator), 'owner');
    room.password = options.passwords.get(room.name) ?? '';
    this.#rooms.set(jid, room);
    return room;
  }

  #refuse(stanza: XmlElement, refusal: Refusal): void {
    if (mayBeAnswered(stanza)) this.#options.send(errorReply(stanza, refusal));
  }
}

const creationRestricted: Refusal = {
  type: 'cancel',
  condition: 'not-allowed',
  text: 'Room creation is restricted',
};

const serviceInfo: DiscoInfo = {
  identities: [{ category: 'conference', type: 'text', name: 'Chatrooms' }],
  features: [ns.discoInfo, ns.discoItems, ns.muc, ns.occupantId],
  forms: [],
};
