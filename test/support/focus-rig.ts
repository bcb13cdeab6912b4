/**
 * A focus on a link that a test holds the other end of: the test plays the XMPP server and the members, in raw text. Virtual
 * time, no sockets.
 */
import { silentLogger } from '../../src/base/logger.ts';
import { createFocus, type Focus, type FocusOptions } from '../../src/sandbox/focus/index.ts';
import type { StanzaLink } from '../../src/sandbox/xmpp/link.ts';
import { child, elements, type XmlElement } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { createFakeBridge, type FakeBridge } from './fake-bridge.ts';
import { ManualClock } from './manual-clock.ts';
import { seededRandom } from './random.ts';

export const room = 'standup@conference.meet.example';
export const client = '3f9c21ab-5a10-4b9e-9a77-0d2f4f6c1b11@meet.example/Rx1';

const jingleNs = 'urn:xmpp:jingle:1';
const base = ['urn:xmpp:jingle:apps:rtp:audio', 'urn:xmpp:jingle:apps:rtp:video'];
const json = 'http://jitsi.org/json-encoded-sources';

/** Disco features of kinds of members. */
export const memberFeatures: Readonly<Record<'json' | 'xml' | 'rewriting', readonly string[]>> = {
  json: [...base, json],
  xml: base,
  rewriting: [...base, json, 'http://jitsi.org/ssrc-rewriting-1'],
};

export class FocusRig {
  readonly clock: ManualClock = new ManualClock(1_790_000_000_000);
  readonly bridge: FakeBridge;
  readonly focus: Focus;
  /** What the focus sent and nobody has taken yet. */
  readonly outbox: XmlElement[] = [];
  isClosed = false;
  #deliver: (stanza: XmlElement) => void = () => {};
  #disconnect: (reason: string) => void = () => {};
  #waiting: (() => void)[] = [];
  #lastId = 0;

  constructor(options: Partial<FocusOptions> & { sctp?: boolean } = {}) {
    const { sctp, ...others } = options;
    this.bridge = createFakeBridge(sctp);
    const link: StanzaLink = {
      jid: 'focus@auth.meet.example/focus',
      send: (stanza) => {
        this.outbox.push(stanza);
        for (const look of this.#waiting.splice(0)) look();
      },
      onStanza: (listener) => {
        this.#deliver = listener;
      },
      onClosed: (listener) => {
        this.#disconnect = listener;
      },
      close: () => {
        this.isClosed = true;
        return Promise.resolve();
      },
    };
    this.focus = createFocus({
      link,
      mucDomain: 'conference.meet.example',
      domain: 'meet.example',
      bridge: this.bridge,
      clock: this.clock,
      random: seededRandom(1),
      logger: silentLogger,
      ...others,
    });
  }

  /** Hands a stanza, as text, to the focus. */
  deliver(text: string): void {
    this.#deliver(parseXml(text));
  }

  disconnect(): void {
    this.#disconnect('gone');
  }

  /** Takes the first sent stanza that fits; undefined if there is none. */
  take(fits: (stanza: XmlElement) => boolean): XmlElement | undefined {
    const index = this.outbox.findIndex(fits);
    return index < 0 ? undefined : this.outbox.splice(index, 1)[0];
  }

  /** Waits for a stanza that fits, and takes it. */
  async next(fits: (stanza: XmlElement) => boolean): Promise<XmlElement> {
    for (;;) {
      const found = this.take(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Lets what is under way without timers come to its end. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }

  /** Delivers an IQ and takes its answer; undefined if there is none. */
  ask(payload: string, attrs: { type?: string; from?: string; to?: string } = {}): XmlElement | undefined {
    const { type = 'set', from = client, to = 'focus.meet.example' } = attrs;
    const id = `ask-${++this.#lastId}`;
    this.deliver(
      `<iq xmlns="jabber:client" type="${type}" id="${id}" from="${from}" to="${to}">${payload}</iq>`,
    );
    return this.answerTo(id);
  }

  answerTo(id: string): XmlElement | undefined {
    return this.take((stanza) => stanza.attrs.id === id && stanza.attrs.type !== 'set');
  }

  /** Answers a request of the focus, as whom it went to. */
  reply(request: XmlElement, payload = '', type = 'result'): void {
    const { id, to } = request.attrs;
    this.deliver(
      `<iq xmlns="jabber:client" type="${type}" id="${id}" from="${to}" to="focus@auth.meet.example/focus">${payload}</iq>`,
    );
  }

  /** Requests the conference and lets the focus into the room; returns the answer to the request. */
  open(properties = ''): XmlElement | undefined {
    this.deliver(
      `<iq xmlns="jabber:client" type="set" id="open" from="${client}" to="focus.meet.example"><conference xmlns="http://jitsi.org/protocol/focus" room="${room}">${properties}</conference></iq>`,
    );
    this.letIn();
    return this.answerTo('open');
  }

  /** Plays the room that the focus enters. */
  letIn(): void {
    this.take(({ name, attrs }) => name === 'presence' && attrs.to === `${room}/focus`);
    this.presence('focus', {
      jid: 'focus@auth.meet.example/focus',
      affiliation: 'owner',
      role: 'moderator',
      statuses: [110, 201],
    });
    const form = this.take((stanza) => stanza.name === 'iq' && stanza.attrs.to === room);
    if (form) this.reply(form);
  }

  /** A member enters and tells its features. */
  join(nick: string, features: readonly string[] = memberFeatures.json): void {
    this.presence(nick, {});
    this.tellFeatures(nick, features);
  }

  tellFeatures(nick: string, features: readonly string[]): void {
    const question = this.take((stanza) => isDisco(stanza, nick));
    if (!question) throw new Error(`${nick} was not asked for its features`);
    const list = features.map((feature) => `<feature var="${feature}"/>`).join('');
    this.reply(question, `<query xmlns="http://jabber.org/protocol/disco#info">${list}</query>`);
  }

  leave(nick: string): void {
    this.presence(nick, { role: 'none', type: 'unavailable' });
  }

  presence(
    nick: string,
    options: {
      jid?: string;
      affiliation?: string;
      role?: string;
      type?: string;
      statuses?: readonly number[];
      inner?: string;
    },
  ): void {
    const {
      jid = `${nick}-real@meet.example/res`,
      affiliation = 'none',
      role = 'participant',
      type,
      statuses = [],
      inner = '',
    } = options;
    const codes = statuses.map((code) => `<status code="${code}"/>`).join('');
    this.deliver(
      `<presence xmlns="jabber:client" from="${room}/${nick}" to="focus@auth.meet.example/focus"${type === undefined ? '' : ` type="${type}"`}>${inner}<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="${affiliation}" role="${role}" jid="${jid}"/>${codes}</x></presence>`,
    );
  }

  /** Waits for the offer to `nick` and acknowledges it. Returns its `<jingle/>`. */
  async offer(nick: string): Promise<XmlElement> {
    const iq = await this.next((stanza) => jingleTo(stanza, nick)?.attrs.action === 'session-initiate');
    this.reply(iq);
    return jingleIn(iq);
  }

  /** The next Jingle message to `nick` that is there already. */
  jingle(nick: string): XmlElement | undefined {
    const iq = this.take((stanza) => jingleTo(stanza, nick) !== undefined);
    return iq && jingleIn(iq);
  }

  /** A Jingle request of `nick`, its children as text; returns the answer. */
  request(nick: string, action: string, sid: string, inner = ''): XmlElement | undefined {
    return this.askFrom(
      nick,
      `<jingle xmlns="${jingleNs}" action="${action}" sid="${sid}">${inner}</jingle>`,
    );
  }

  askFrom(nick: string, payload: string): XmlElement | undefined {
    return this.ask(payload, { from: `${room}/${nick}`, to: 'focus@auth.meet.example/focus' });
  }

  /** Opens the conference and lets two join, neither of whom has accepted yet. Returns their sids and their bridge session. */
  async offered(alice: string, bob: string): Promise<{ alice: string; bob: string; bridgeSession: string }> {
    this.open();
    this.join(alice);
    this.join(bob);
    const first = await this.offer(alice);
    const second = await this.offer(bob);
    this.outbox.length = 0;
    return {
      alice: first.attrs.sid ?? '',
      bob: second.attrs.sid ?? '',
      bridgeSession: child(first, 'bridge-session')?.attrs.id ?? '',
    };
  }

  /** Opens the conference, lets the members join and accept their offers. Returns their sids. */
  async call(
    members: Readonly<Record<string, { features?: readonly string[]; sources?: string }>>,
  ): Promise<Record<string, string>> {
    this.open();
    for (const [nick, { features }] of Object.entries(members)) this.join(nick, features);
    const sids: Record<string, string> = {};
    for (const [nick, { sources = '' }] of Object.entries(members)) {
      const sid = (await this.offer(nick)).attrs.sid ?? '';
      sids[nick] = sid;
      const answer = this.request(nick, 'session-accept', sid, acceptContents(sources));
      if (answer?.attrs.type !== 'result') throw new Error(`the accept of ${nick} was not accepted`);
    }
    this.outbox.length = 0;
    return sids;
  }
}

/** Contents of a session-accept. @param sources `<content/>`s with nothing but sources */
export function acceptContents(sources = ''): string {
  return `<content creator="responder" name="data"><transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ufrag="kvhf" pwd="T4K3TRPE1M2xNdyEwIYHT1aK"><fingerprint xmlns="urn:xmpp:jingle:apps:dtls:0" hash="sha-256" setup="active">9D:D3</fingerprint></transport></content>${sources}`;
}

/** A content that lists sources, `<source/>` and `<ssrc-group/>` children as text. */
export function sourceContent(media: string, inner: string): string {
  return `<content name="${media}"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="${media}">${inner}</description></content>`;
}

export function source(ssrc: number | string, attrs = '', msid = `stream track-${ssrc}`): string {
  const parameter = msid === '' ? '' : `<parameter name="msid" value="${msid}"/>`;
  return `<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="${ssrc}" ${attrs}>${parameter}</source>`;
}

export function group(semantics: string, ...ssrcs: (number | string)[]): string {
  const members = ssrcs.map((ssrc) => `<source ssrc="${ssrc}"/>`).join('');
  return `<ssrc-group xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" semantics="${semantics}">${members}</ssrc-group>`;
}

/** Condition and text of a refusal. */
export function refusalOf(answer: XmlElement | undefined): {
  type?: string;
  condition?: string;
  text?: string;
} {
  const error = answer && child(answer, 'error');
  if (!error) return {};
  const parts = elements(error);
  const condition = parts.find(({ name }) => name !== 'text');
  const words = parts.find(({ name }) => name === 'text') ?? condition;
  const text = words?.children.filter((node) => typeof node === 'string').join('') ?? '';
  return {
    ...(error.attrs.type === undefined ? {} : { type: error.attrs.type }),
    ...(condition === undefined ? {} : { condition: condition.name }),
    ...(text === '' ? {} : { text }),
  };
}

export function jingleTo(stanza: XmlElement, nick: string): XmlElement | undefined {
  return stanza.attrs.to === `${room}/${nick}` && stanza.attrs.type === 'set'
    ? child(stanza, 'jingle', jingleNs)
    : undefined;
}

function jingleIn(iq: XmlElement): XmlElement {
  const jingle = child(iq, 'jingle', jingleNs);
  if (!jingle) throw new Error('no <jingle/> in this stanza');
  return jingle;
}

function isDisco(stanza: XmlElement, nick: string): boolean {
  return (
    stanza.attrs.to === `${room}/${nick}` &&
    stanza.attrs.type === 'get' &&
    child(stanza, 'query', 'http://jabber.org/protocol/disco#info') !== undefined
  );
}
