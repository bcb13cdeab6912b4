/** The sandbox's XMPP server with clients that are arrays of text frames, in virtual time: no socket, nothing to wait for. */
import { silentLogger } from '../../src/base/logger.ts';
import { createXmppServer, type XmppServer, type XmppServerOptions } from '../../src/sandbox/xmpp-server.ts';
import type { StanzaLink } from '../../src/sandbox/xmpp/link.ts';
import type { SessionQuery } from '../../src/sandbox/xmpp/session-query.ts';
import type { SocketEvents } from '../../src/sandbox/xmpp/sessions.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { ManualClock } from './manual-clock.ts';
import { seededRandom } from './random.ts';

export const domain: string = 'meet.jitsi';
export const open: string = `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="${domain}" version="1.0"/>`;
export const auth = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS"/>';
export const bind =
  '<iq xmlns="jabber:client" type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>';
export const close = '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>';
export const enable = '<enable xmlns="urn:xmpp:sm:3" resume="true"/>';

/** One socket and what came over it. */
export class RigClient {
  jid = '';
  closed: { code: number; reason: string } | undefined;
  broken = false;
  readonly #events: SocketEvents;
  #frames: string[] = [];

  constructor(server: XmppServer, query: SessionQuery) {
    this.#events = server.sessions.accept(
      {
        send: (frame) => this.#frames.push(frame),
        close: (code, reason) => {
          this.closed = { code, reason };
        },
        terminate: () => {
          this.broken = true;
          this.#events.closed();
        },
      },
      query,
    );
  }

  /** The nick that the browser's client would take: the start of the user name. */
  get nick(): string {
    return this.jid.slice(0, 8);
  }

  get bareJid(): string {
    return this.jid.slice(0, this.jid.indexOf('/'));
  }

  /** Sends frames; returns what came since the last time. */
  send(...frames: readonly string[]): string[] {
    for (const frame of frames) this.#events.frame(frame);
    return this.take();
  }

  take(): string[] {
    return this.#frames.splice(0);
  }

  /** The connection breaks. */
  lose(): void {
    this.#events.closed();
  }

  login(host: string = domain): this {
    const opening = open.replace(domain, host);
    const frames = this.send(opening, auth, opening, bind);
    this.jid = /<jid>([^<]+)<\/jid>/.exec(frames.join(''))?.[1] ?? '';
    return this;
  }

  /** Enters a room, by default with the own nick. */
  enter(room: string, options: { nick?: string; password?: string; children?: string } = {}): string[] {
    const { nick = this.nick, password, children = '' } = options;
    const secret = password === undefined ? '' : `<password>${password}</password>`;
    return this.send(
      `<presence xmlns="jabber:client" to="${roomJid(room)}/${nick}">` +
        `<x xmlns="http://jabber.org/protocol/muc">${secret}</x>${children}</presence>`,
    );
  }
}

/** A focus that enters rooms and remembers what it is sent. */
export class RigFocus {
  readonly link: StanzaLink;
  readonly #flush: () => void;
  #received: string[] = [];

  constructor(server: XmppServer) {
    this.link = server.router.attach({ jid: server.focusJid, aliases: [`focus.${domain}`] });
    this.link.onStanza((stanza) => this.#received.push(serialize(stanza)));
    this.#flush = () => server.router.flush();
  }

  send(...stanzas: readonly string[]): string[] {
    for (const stanza of stanzas) this.link.send(parseXml(stanza));
    this.#flush();
    return this.take();
  }

  take(): string[] {
    return this.#received.splice(0);
  }

  enter(room: string): string[] {
    return this.send(
      `<presence xmlns="jabber:client" to="${roomJid(room)}/focus"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
    );
  }

  /** Makes somebody a moderator, as the focus does with the first participant. */
  makeOwner(room: string, client: RigClient): void {
    this.send(
      `<iq xmlns="jabber:client" type="set" id="owner" to="${roomJid(room)}"><query xmlns="http://jabber.org/protocol/muc#admin">` +
        `<item affiliation="owner" jid="${client.bareJid}"/></query></iq>`,
    );
  }
}

export interface Rig {
  server: XmppServer;
  clock: ManualClock;
  focus: RigFocus;
  connect(query?: SessionQuery): RigClient;
  /** A client that is logged in, in room `room` of its URL. */
  login(query?: SessionQuery): RigClient;
}

export function createRig(options: Partial<XmppServerOptions> = {}): Rig {
  const clock = new ManualClock(1_790_000_000_500);
  const server = createXmppServer({
    domain,
    clock,
    random: seededRandom(1),
    logger: silentLogger,
    externalServices: [],
    passwords: new Map(),
    accounts: new Map(),
    tokens: new Set(),
    resumptionTime: 60_000,
    ...options,
  });
  const connect = (query: SessionQuery = {}): RigClient => new RigClient(server, query);
  return {
    server,
    clock,
    focus: new RigFocus(server),
    connect,
    login: (query = { room: 'room' }) => connect(query).login(),
  };
}

export function roomJid(room: string): string {
  return `${room}@conference.${domain}`;
}
