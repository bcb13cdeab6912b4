/** A conference machine in a room, whose stream can be resumed, and loses it. In virtual time. */
import { expect } from 'vitest';
import type { ConferenceOptions } from '../../src/conference/options.ts';
import { buildGroupMessage } from '../../src/jitsi/chat-message.ts';
import { MachineHarness, standardConfig } from './machine-harness.ts';

const sm = '<sm xmlns="urn:xmpp:sm:3"/>';
const failed =
  '<failed xmlns="urn:xmpp:sm:3"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>';
export const forever: { maxTime: number } = { maxTime: Number.POSITIVE_INFINITY };

export class Reconnecting extends MachineHarness {
  constructor(options: Partial<ConferenceOptions> = {}) {
    super({ streamManagement: true, reconnect: forever, ...options });
  }

  /** Into the room, with a stream that can be resumed. @param arrive what the room tells */
  enterRoom(arrive: () => void = () => this.arrive()): void {
    this.discover();
    this.input({ type: 'socket-opened' });
    this.loggedIn();
    this.focusSays();
    arrive();
  }

  /** What a server answers to a login, and to `<enable/>`. */
  loggedIn(): void {
    this.answerLogin(sm);
    this.frame('<enabled xmlns="urn:xmpp:sm:3" resume="true" id="token-1" max="60"/>');
  }

  /** The room tells who is there, and that we are. */
  arrive(nick: string = this.wantedNick): void {
    this.occupant('focus', '', 'affiliation="owner" role="moderator"');
    this.occupant('aaaaaaaa');
    this.enter(nick);
  }

  get wantedNick(): string {
    return this.last('presence', 'x').attrs.to?.split('/')[1] ?? '';
  }

  lose(): void {
    this.input({ type: 'socket-closed', reason: 'code 1006' });
  }

  /** Lets time pass until the next socket is opened, and opens it. */
  reopen(): void {
    this.reopenOnly();
    this.input({ type: 'socket-opened' });
  }

  /** Lets time pass until the next socket is to be opened. */
  reopenOnly(): void {
    const before = this.sockets.length;
    for (let ms = 0; this.sockets.length === before && ms < 120_000; ms += 100) this.advance(100);
    expect(this.sockets.length).toBe(before + 1);
  }

  /** The server has forgotten us, and says so by letting nobody resume: the next try opens a socket for a new stream. */
  expireWithoutResumption(): void {
    this.frame(
      '<stream:error xmlns:stream="http://etherx.jabber.org/streams"><system-shutdown xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>',
    );
    const before = this.sockets.length;
    for (let ms = 0; this.sockets.length === before && ms < 120_000; ms += 100) this.advance(100);
  }

  /** The next try looks for the deployment anew. */
  discoverAgain(status = 200, body: string = standardConfig): void {
    const asked = (): number => this.requests.filter(({ purpose }) => purpose === 'config').length;
    const before = asked();
    for (let ms = 0; asked() === before && ms < 240_000; ms += 100) this.advance(100);
    this.input({ type: 'http-response', purpose: 'config', status, body });
  }

  /** As a server does that still has the stream. */
  resume(h: number): void {
    this.authenticate();
    this.answerResume(`<resumed xmlns="urn:xmpp:sm:3" previd="token-1" h="${h}"/>`);
  }

  answerResume(answer: string): void {
    this.frame('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="meet.test" id="s2" version="1.0"/>');
    this.frame(
      `<stream:features xmlns:stream="http://etherx.jabber.org/streams" xmlns="jabber:client"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>${sm}</stream:features>`,
    );
    this.frame(answer);
  }

  /** The server has forgotten the stream, binds another address, and the focus is ready again. */
  expire(focus: () => void = () => this.focusSays()): void {
    if (this.machine.state.name === 'joined') this.lose();
    this.reopen();
    this.authenticate();
    this.answerResume(failed);
    this.jid = '77d0e5c4-1111-4b9e-9a77-0d2f4f6c1b11@meet.test/Rx2';
    const { id } = this.last('iq', 'bind').attrs;
    this.frame(
      `<iq xmlns="jabber:client" type="result" id="${id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>${this.jid}</jid></bind></iq>`,
    );
    this.frame('<enabled xmlns="urn:xmpp:sm:3" resume="true" id="token-2" max="60"/>');
    focus();
  }

  offer(sid: string): void {
    const session = `<bridge-session xmlns="http://jitsi.org/protocol/focus" id="b-${sid}"/>`;
    this.frame(
      `<iq xmlns="jabber:client" type="set" id="i-${sid}" from="${this.room}/focus" to="${this.jid}"><jingle xmlns="urn:xmpp:jingle:1" action="session-initiate" sid="${sid}" initiator="focus@auth.meet.test/focus"><content name="audio" creator="initiator"/>${session}</jingle></iq>`,
    );
  }

  say(id: string, text = 'hello'): void {
    this.input({ type: 'say', stanza: buildGroupMessage(this.room, id, text) });
  }

  said(id: string, nick: string, attributes = ''): void {
    this.frame(
      `<message xmlns="jabber:client" type="groupchat" id="${id}" from="${this.room}/${nick}"><body>x</body>${attributes}</message>`,
    );
  }

  subject(): void {
    this.frame(`<message xmlns="jabber:client" type="groupchat" from="${this.room}"><subject/></message>`);
  }

  get sentMessages(): string[] {
    return this.sent.flatMap(({ attrs, name }) => (name === 'message' ? [attrs.id ?? ''] : []));
  }
}
