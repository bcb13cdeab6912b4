/** A conference machine with somebody at the other end of every line: for tests of its steps, in virtual time. */
import type { ConferenceEvent } from '../../src/conference/events.ts';
import type { CloseInfo, ConferenceEffect, ConferenceInput, HttpRequest } from '../../src/conference/io.ts';
import { HostMemory } from '../../src/conference/host-memory.ts';
import { ConferenceMachine } from '../../src/conference/machine.ts';
import type { ConferenceOptions } from '../../src/conference/options.ts';
import { defaultFeatures } from '../../src/jitsi/features.ts';
import { elements, type XmlElement } from '../../src/xml/element.ts';
import type { IqOutcome } from '../../src/xmpp/iq-tracker.ts';
import { seededRandom } from './random.ts';

const features = (content: string): string =>
  `<stream:features xmlns:stream="http://etherx.jabber.org/streams" xmlns="jabber:client">${content}</stream:features>`;

export const standardConfig = `var config = { hosts: { domain: 'meet.test', muc: 'conference.meet.test' }, websocket: 'wss://meet.test/xmpp-websocket' };`;

export function machineOptions(options: Partial<ConferenceOptions> = {}): ConferenceOptions {
  return {
    address: { origin: 'https://meet.test', tenant: '', roomName: 'standup', room: 'standup' },
    overrides: {},
    credentials: { mechanism: 'ANONYMOUS' },
    displayName: 'Ada',
    features: defaultFeatures,
    peerFeatures: [],
    codecs: ['vp8'],
    properties: {},
    statsId: 'jh-1',
    machineUid: 'm1',
    offers: 'offer',
    streamManagement: false,
    transport: 'auto',
    pipelining: false,
    useKnownConfig: true,
    memory: new HostMemory(),
    joinTimeout: 600_000,
    chat: { whenDisconnected: 'queue', limit: 100, maxAge: 600_000 },
    ...options,
  };
}

export class MachineHarness {
  readonly room = 'standup@conference.meet.test';
  /** The address that the next login gets. */
  jid = '3f9c21ab-5a10-4b9e-9a77-0d2f4f6c1b11@meet.test/Rx1';
  readonly machine: ConferenceMachine;
  readonly sent: XmlElement[] = [];
  readonly requests: HttpRequest[] = [];
  /** URLs that were opened. */
  readonly sockets: string[] = [];
  readonly socketSteps: ('open' | 'close' | 'drop')[] = [];
  readonly events: ConferenceEvent[] = [];
  readonly logs: string[] = [];
  readonly transitions: string[] = [];
  joined = false;
  /** How often we got another endpoint id. */
  renamed = 0;
  tokensAsked = 0;
  readonly answers: [id: string, outcome: IqOutcome][] = [];
  ended: CloseInfo | undefined;
  now = 1_790_000_000_000;

  constructor(options: Partial<ConferenceOptions> = {}) {
    this.machine = new ConferenceMachine(machineOptions(options), seededRandom(7), ({ from, to }) =>
      this.transitions.push(`${from} → ${to}`),
    );
  }

  /** An answer to a conference request over HTTP is to the last one, unless it says otherwise. */
  input(given: ConferenceInput): void {
    const input =
      'purpose' in given && given.purpose === 'conference-request' && given.key === undefined
        ? {
            ...given,
            key: this.requests.findLast(({ purpose }) => purpose === 'conference-request')?.key ?? '',
          }
        : given;
    for (const effect of this.machine.handle(input, this.now)) this.#note(effect);
  }

  frame(text: string): void {
    this.input({ type: 'socket-frame', text });
  }

  /** Lets time pass, with a tick wherever the machine asked for one. */
  advance(ms: number): void {
    const end = this.now + ms;
    let ticks = 0;
    for (
      let next = this.machine.nextTimeout();
      next !== undefined && next <= end;
      next = this.machine.nextTimeout()
    ) {
      this.now = Math.max(this.now, next);
      this.input({ type: 'tick' });
      ticks += 1;
      if (ticks > 10_000)
        throw new Error(`the machine wants a tick at ${next} for ever (${this.machine.state.name})`);
    }
    this.now = end;
  }

  /** The last thing sent with this name (and payload name). */
  last(name: string, payload?: string): XmlElement {
    const found = this.sent.findLast(
      (element) =>
        element.name === name &&
        (payload === undefined || elements(element).some((child) => child.name === payload)),
    );
    if (!found)
      throw new Error(
        `no ${name} ${payload ?? ''} was sent, only ${this.sent.map((element) => element.name).join(' ')}`,
      );
    return found;
  }

  count(name: string, payload: string): number {
    return this.sent.filter(
      (element) => element.name === name && elements(element).some((child) => child.name === payload),
    ).length;
  }

  payloads<Name extends ConferenceEvent['name']>(
    name: Name,
  ): Extract<ConferenceEvent, { name: Name }>['payload'][] {
    return this.events.flatMap((event) => (event.name === name ? [event.payload as never] : []));
  }

  /** From the start to an open socket. */
  discover(config: string = standardConfig): void {
    this.input({ type: 'start' });
    this.input({ type: 'http-response', purpose: 'config', status: 200, body: config });
  }

  /** From the open socket to a bound resource. */
  login(): void {
    this.input({ type: 'socket-opened' });
    this.answerLogin();
  }

  /** What a server answers to a login, in order. */
  answerLogin(offered: string = ''): void {
    this.authenticate();
    this.answerBind(offered);
  }

  /** What a server answers to `<open/>` and `<auth/>`, in order. */
  authenticate(): void {
    this.frame('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="meet.test" id="s1" version="1.0"/>');
    this.frame(
      features(
        '<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>ANONYMOUS</mechanism><mechanism>PLAIN</mechanism></mechanisms>',
      ),
    );
    this.frame('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
  }

  /**
   * What a server answers to the second `<open/>` and to bind, in order.
   * @param offered features besides bind
   * @param beforeBound what happens before the answer to bind
   */
  answerBind(offered: string = '', beforeBound: () => void = () => {}): void {
    this.frame('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="meet.test" id="s2" version="1.0"/>');
    this.frame(features(`<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>${offered}`));
    beforeBound();
    const { id } = this.last('iq', 'bind').attrs;
    this.frame(
      `<iq xmlns="jabber:client" type="result" id="${id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>${this.jid}</jid></bind></iq>`,
    );
  }

  /** Answers the last conference request. */
  focusSays(
    attributes: string = 'ready="true" focusjid="focus@auth.meet.test"',
    properties: string = '',
  ): void {
    this.answer(
      'conference',
      'result',
      `<conference xmlns="http://jitsi.org/protocol/focus" room="${this.room}" ${attributes}>${properties}</conference>`,
    );
  }

  /** Answers the last IQ with this payload. */
  answer(payload: string, type: 'result' | 'error', content: string): void {
    const { id, to = '' } = this.last('iq', payload).attrs;
    this.frame(
      `<iq xmlns="jabber:client" type="${type}" id="${id}" from="${to}" to="${this.jid}">${content}</iq>`,
    );
  }

  /** The last request of BOSH that was made. */
  get boshRequest(): HttpRequest {
    const found = this.requests.findLast(({ purpose }) => purpose === 'bosh');
    if (!found) throw new Error('no request of BOSH was made');
    return found;
  }

  /** Answers it. */
  boshAnswers(status: number, body: string): void {
    const { key = '' } = this.boshRequest;
    this.input({ type: 'http-response', purpose: 'bosh', key, status, body });
  }

  /** A presence of the room. */
  presence(nick: string, content: string, type?: string): void {
    const attribute = type === undefined ? '' : ` type="${type}"`;
    this.frame(
      `<presence xmlns="jabber:client" from="${this.room}/${nick}" to="${this.jid}"${attribute}>${content}</presence>`,
    );
  }

  occupant(
    nick: string,
    content: string = '',
    item: string = 'affiliation="none" role="participant"',
    statuses: string = '',
  ): void {
    this.presence(
      nick,
      `${content}<x xmlns="http://jabber.org/protocol/muc#user"><item ${item} jid="${nick}@meet.test/r"/>${statuses}</x>`,
    );
  }

  /** Our join presence is refused. */
  refuseJoin(type: string, condition: string, content: string = ''): void {
    const nick = this.last('presence', 'x').attrs.to?.split('/')[1] ?? '';
    this.presence(
      nick,
      `<error type="${type}"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>${content}</error>`,
      'error',
    );
  }

  /** Our own presence comes back. */
  enter(nick: string = '3f9c21ab'): void {
    this.occupant(
      nick,
      '',
      'affiliation="none" role="participant"',
      '<status code="100"/><status code="110"/>',
    );
  }

  /** All the way into the room. */
  join(): void {
    this.discover();
    this.login();
    this.focusSays();
    this.occupant('focus', '', 'affiliation="owner" role="moderator"');
    this.enter();
  }

  #note(effect: ConferenceEffect): void {
    switch (effect.type) {
      case 'send-frame':
        this.sent.push(effect.element);
        return;
      case 'http':
        this.requests.push(effect.request);
        return;
      case 'open-socket':
        this.sockets.push(effect.url);
        this.socketSteps.push('open');
        return;
      case 'close-socket':
        this.socketSteps.push('close');
        return;
      case 'drop-socket':
        this.socketSteps.push('drop');
        return;
      case 'event':
        this.events.push(effect.event);
        return;
      case 'joined':
        this.joined = true;
        return;
      case 'renamed':
        this.renamed += 1;
        return;
      case 'get-token':
        this.tokensAsked += 1;
        return;
      case 'answer':
        this.answers.push([effect.id, effect.outcome]);
        return;
      case 'ended':
        this.ended = effect.info;
        return;
      case 'log':
        this.logs.push(`${effect.level} ${effect.message}`);
        return;
      default:
    }
  }
}
