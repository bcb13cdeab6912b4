/** A joined conference loses its connection: resumed, entered anew, given up. In virtual time. */
import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/base/errors.ts';
import type { ConferenceOptions } from '../../../src/conference/options.ts';
import { buildGroupMessage, buildPrivateMessage } from '../../../src/jitsi/chat-message.ts';
import { MachineHarness, standardConfig } from '../../support/machine-harness.ts';

const sm = '<sm xmlns="urn:xmpp:sm:3"/>';
const failed =
  '<failed xmlns="urn:xmpp:sm:3"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>';
const forever = { maxTime: Number.POSITIVE_INFINITY };

class Reconnecting extends MachineHarness {
  constructor(options: Partial<ConferenceOptions> = {}) {
    super({ streamManagement: true, reconnect: forever, ...options });
  }

  /** Into the room, with a stream that can be resumed. */
  enterRoom(): void {
    this.discover();
    this.input({ type: 'socket-opened' });
    this.loggedIn();
    this.focusSays();
    this.arrive();
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
    const before = this.sockets.length;
    for (let ms = 0; this.sockets.length === before && ms < 120_000; ms += 100) this.advance(100);
    expect(this.sockets.length).toBe(before + 1);
    this.input({ type: 'socket-opened' });
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
  expire(): void {
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
    this.focusSays();
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

const history =
  '<delay xmlns="urn:xmpp:delay" stamp="2026-09-21T13:33:20Z" from="standup@conference.meet.test"/>';

describe('a lost connection', () => {
  it('is resumed: nothing is joined again, and what was said meanwhile is sent once', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    const presences = rig.count('presence', 'x');
    rig.say('m1');
    rig.said('m1', '3f9c21ab');
    rig.say('m2');
    rig.lose();
    expect(rig.machine.state.name).toBe('interrupted');
    expect(rig.payloads('reconnecting')).toMatchObject([
      { attempt: 1, cause: { code: 'connection-lost' }, since: rig.now },
    ]);
    rig.say('m3');
    rig.input({ type: 'update-presence', change: { displayName: 'Ada B' } });
    rig.reopen();
    expect(rig.sockets.at(-1)).toContain('previd=token-1');
    // All of ours after the bind but the last, m2.
    const stanzas = rig.sent.filter(({ name }) => ['iq', 'message', 'presence'].includes(name));
    rig.resume(stanzas.length - 2);
    expect(rig.machine.state.name).toBe('joined');
    expect(rig.payloads('reconnected')).toMatchObject([{ resumed: true, endpointId: '3f9c21ab' }]);
    rig.said('m2', '3f9c21ab');
    rig.said('m3', '3f9c21ab');
    expect(rig.answers.map(([id, outcome]) => [id, outcome.ok])).toEqual([
      ['m1', true],
      ['m2', true],
      ['m3', true],
    ]);
    expect(rig.sentMessages).toEqual(['m1', 'm2', 'm2', 'm3']);
    expect(rig.count('presence', 'x')).toBe(presences);
    expect(rig.last('presence').children).toContainEqual(expect.objectContaining({ children: ['Ada B'] }));
    expect(rig.payloads('participantLeft')).toEqual([]);
  });

  it('is made anew where the server has forgotten it: on the same socket, with the same id, and the roster compared', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    const { participants } = rig.machine.room ?? {};
    rig.occupant('bbbbbbbb', '<nick xmlns="http://jabber.org/protocol/nick">Bo</nick>');
    rig.occupant('cccccccc');
    rig.expire();
    expect(rig.wantedNick).toBe('3f9c21ab');
    rig.occupant('focus', '', 'affiliation="owner" role="moderator"');
    rig.occupant('bbbbbbbb', '<nick xmlns="http://jabber.org/protocol/nick">Bob</nick>');
    rig.occupant('dddddddd');
    const before = rig.events.length;
    rig.enter('3f9c21ab');
    const news = rig.events.slice(before).map(({ name }) => name);
    expect(news.filter((name) => name !== 'stanzaReceived')).toEqual([
      'reconnected',
      'participantLeft',
      'participantLeft',
      'participantChanged',
      'participantJoined',
    ]);
    expect(rig.payloads('reconnected')).toEqual([
      { resumed: false, away: expect.any(Number), endpointId: '3f9c21ab' },
    ]);
    expect(rig.machine.room?.participants).toBe(participants);
    expect([...(participants?.keys() ?? [])]).toEqual(['bbbbbbbb', 'dddddddd']);
    expect(rig.renamed).toBe(0);
  });

  it('takes another id where its ghost has the old one, and does not show the ghost', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.input({
      type: 'update-presence',
      change: { sources: [{ name: '3f9c21ab-a0', mediaType: 'audio', muted: false }] },
    });
    rig.expire();
    expect(rig.wantedNick).toBe('3f9c21ab');
    rig.refuseJoin('cancel', 'conflict');
    expect(rig.wantedNick).toBe('77d0e5c4');
    // The names of sources begin with the id of who has them.
    expect(JSON.stringify(rig.last('presence', 'x'))).not.toContain('3f9c21ab-a0');
    rig.presence(
      '3f9c21ab',
      `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant" jid="3f9c21ab@meet.test/r"/></x>`,
    );
    rig.arrive();
    expect(rig.payloads('reconnected')).toMatchObject([
      { resumed: false, endpointId: '77d0e5c4', previousEndpointId: '3f9c21ab' },
    ]);
    expect(rig.renamed).toBe(1);
    expect([...(rig.machine.room?.participants.keys() ?? [])]).toEqual(['aaaaaaaa']);
    rig.presence(
      '3f9c21ab',
      `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none" jid="3f9c21ab@meet.test/r"/><status code="333"/></x>`,
      'unavailable',
    );
    expect(rig.machine.state.name).toBe('joined');
    expect(rig.payloads('participantLeft')).toEqual([]);
  });

  it('waits for its ghost to go where the caller chose the id', () => {
    const rig = new Reconnecting({ endpointId: 'recorder' });
    rig.enterRoom();
    rig.expire();
    for (let tries = 0; tries < 10; tries += 1) {
      expect(rig.wantedNick).toBe('recorder');
      rig.refuseJoin('cancel', 'conflict');
      const asked = rig.count('iq', 'conference');
      rig.advance(5_000);
      expect(rig.count('iq', 'conference')).toBe(asked + 1);
      rig.focusSays();
    }
    rig.arrive();
    expect(rig.payloads('reconnected')).toMatchObject([{ endpointId: 'recorder' }]);
  });

  it('looks in the history for what was written, and sends nothing twice', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.said('h1', 'aaaaaaaa');
    for (const id of ['m1', 'm2', 'm3']) rig.say(id);
    rig.lose();
    rig.say('m4');
    rig.expire();
    rig.arrive();
    rig.said('h1', 'aaaaaaaa', history);
    rig.said('h2', 'aaaaaaaa', history);
    rig.said('m2', '3f9c21ab', history);
    expect(rig.answers.map(([id]) => id)).toEqual(['m2']);
    rig.subject();
    expect(
      rig.answers.map(
        ([id, outcome]) => `${id} ${outcome.ok ? 'ok' : (outcome.error as { code?: string }).code}`,
      ),
    ).toEqual(['m2 ok', 'm1 message-not-confirmed', 'm3 message-not-confirmed']);
    expect(rig.sentMessages).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(rig.payloads('messageReceived').map(({ message }) => [message.id, message.isOwn])).toEqual([
      ['h1', false],
      ['h2', false],
      ['m2', true],
    ]);
  });

  it('settles without a subject too', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.say('m1');
    rig.input({
      type: 'say',
      stanza: buildPrivateMessage(`${rig.room}/aaaaaaaa`, 'p1', 'hello'),
    });
    rig.expire();
    rig.arrive();
    rig.advance(5_000);
    expect(rig.answers.map(([id]) => id).toSorted()).toEqual(['m1', 'p1']);
  });

  it('keeps the session of the last stay until another is offered', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.offer('s1');
    rig.lose();
    rig.reopen();
    rig.authenticate();
    rig.input({ type: 'socket-closed', reason: 'code 1006' });
    rig.advance(100_000);
    expect(rig.payloads('sessionEnded')).toEqual([]);
    rig.input({ type: 'socket-failed', error: new ConnectionError('no', { code: 'connection-refused' }) });
    rig.discoverAgain();
    rig.input({ type: 'socket-opened' });
    rig.loggedIn();
    rig.focusSays();
    rig.arrive();
    expect([rig.payloads('sessionEnded'), rig.payloads('reconnected').length]).toEqual([[], 1]);
    rig.offer('s2');
    expect(rig.payloads('sessionEnded')).toMatchObject([
      { session: { sid: 's1' }, end: { reason: 'replaced' } },
    ]);
    expect(rig.payloads('sessionOffered').at(-1)).toMatchObject({ session: { sid: 's2' } });
  });

  it('ends the session of the last stay where it was of another id', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.offer('s1');
    rig.expire();
    rig.refuseJoin('cancel', 'conflict');
    expect(rig.payloads('sessionEnded')).toEqual([]);
    rig.arrive();
    expect(rig.payloads('sessionEnded')).toMatchObject([{ session: { sid: 's1' } }]);
  });
});

describe('trying', () => {
  const refused = new ConnectionError('refused', { code: 'connection-refused', retryable: true });

  it('goes on, later each time, until the time that is allowed is over', () => {
    const rig = new Reconnecting({ reconnect: { maxTime: 600_000 } });
    rig.enterRoom();
    rig.lose();
    const begun = rig.now;
    while (!rig.ended) {
      const [sockets, requests] = [rig.sockets.length, rig.requests.length];
      rig.advance(50);
      if (rig.sockets.length > sockets) rig.input({ type: 'socket-failed', error: refused });
      else if (rig.requests.slice(requests).some(({ purpose }) => purpose === 'config'))
        rig.input({ type: 'http-failed', purpose: 'config', error: refused });
    }
    expect(rig.now - begun).toBe(600_000);
    expect(rig.ended).toMatchObject({
      reason: 'connection-lost',
      error: { code: 'reconnect-gave-up', kind: 'connection', cause: { code: 'connection-refused' } },
    });
    const attempts = rig.payloads('reconnecting').map(({ attempt }) => attempt);
    expect(attempts).toEqual(attempts.map((_, index) => index + 1));
    expect(attempts.length).toBeGreaterThan(15);
    expect(rig.machine.nextTimeout()).toBeUndefined();
  });

  it('does not believe a proxy about the deployment while it restarts', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.expireWithoutResumption();
    rig.input({ type: 'socket-failed', error: refused });
    const before = rig.machine.deployment;
    rig.discoverAgain(502, 'Bad Gateway');
    expect(rig.machine.state.name).toBe('interrupted');
    expect(rig.payloads('reconnecting').at(-1)?.cause.code).toBe('config-unavailable');
    expect(rig.machine.deployment).toBe(before);
    // The next try is with the names that are known.
    rig.reopen();
    rig.loggedIn();
    rig.focusSays();
    rig.arrive();
    expect(rig.machine.state.name).toBe('joined');
  });

  it('follows a deployment that has moved', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.expireWithoutResumption();
    rig.input({ type: 'socket-failed', error: refused });
    rig.discoverAgain(200, standardConfig.replaceAll('meet.test', 'new.test'));
    expect(rig.sockets.at(-1)).toContain('wss://new.test/');
    expect(rig.machine.room?.jid).toBe('standup@conference.new.test');
  });

  it('asks for a token before each login, the resumption included', () => {
    const rig = new Reconnecting({ hasTokenSource: true });
    rig.input({ type: 'start' });
    expect([rig.tokensAsked, rig.requests]).toEqual([1, []]);
    rig.input({ type: 'token', token: 'first' });
    rig.input({ type: 'http-response', purpose: 'config', status: 200, body: standardConfig });
    rig.input({ type: 'socket-opened' });
    rig.loggedIn();
    rig.focusSays();
    rig.arrive();
    expect(rig.sockets).toEqual([expect.stringContaining('token=first')]);
    rig.lose();
    rig.advance(2_000);
    expect([rig.tokensAsked, rig.sockets.length]).toEqual([2, 1]);
    const failed = new ConnectionError('no token', { code: 'token-failed', retryable: true });
    rig.input({ type: 'token-failed', error: failed });
    expect(rig.payloads('reconnecting').at(-1)).toMatchObject({
      attempt: 2,
      cause: { code: 'token-failed' },
    });
    rig.advance(5_000);
    rig.input({ type: 'token', token: 'second' });
    expect(rig.sockets.at(-1)).toMatch(/token=second.*previd=token-1/);
    rig.input({ type: 'socket-opened' });
    rig.resume(4);
    expect(rig.payloads('reconnected')).toMatchObject([{ resumed: true }]);
  });

  it('ends when the login is refused for the second time', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.expireWithoutResumption();
    for (let tries = 0; tries < 2; tries += 1) {
      if (tries > 0) rig.discoverAgain();
      rig.input({ type: 'socket-opened' });
      rig.frame(
        '<stream:features xmlns:stream="http://etherx.jabber.org/streams" xmlns="jabber:client"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>',
      );
      expect(rig.ended).toBeUndefined();
      rig.frame('<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-allowed/></failure>');
    }
    rig.advance(10_000);
    expect(rig.ended).toMatchObject({
      reason: 'connection-lost',
      error: { code: 'authentication-failed', kind: 'refused' },
    });
  });
});

describe('what ends it', () => {
  it('is being replaced', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.frame(
      '<stream:error xmlns:stream="http://etherx.jabber.org/streams"><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>',
    );
    expect(rig.ended).toMatchObject({ reason: 'replaced', error: { code: 'replaced' } });
  });

  it('is being kicked, and not a server that shuts down', () => {
    const out = (code: number): Reconnecting => {
      const rig = new Reconnecting();
      rig.enterRoom();
      rig.presence(
        '3f9c21ab',
        `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"/><status code="110"/><status code="${code}"/></x>`,
        'unavailable',
      );
      rig.advance(2_000);
      return rig;
    };
    expect(out(307).ended?.reason).toBe('kicked');
    const shutDown = out(332);
    expect(shutDown.ended).toBeUndefined();
    expect(shutDown.payloads('reconnecting')).toMatchObject([{ attempt: 1 }]);
  });

  it('is the first loss, where nothing else is wanted', () => {
    const { reconnect: _, ...options } = { reconnect: forever };
    const rig = new MachineHarness({ streamManagement: true, ...options });
    rig.join();
    rig.input({ type: 'socket-closed', reason: 'code 1006' });
    expect(rig.ended).toMatchObject({ reason: 'connection-lost', error: { code: 'connection-lost' } });
    expect(rig.payloads('reconnecting')).toEqual([]);
  });

  it('is leaving, at any moment', () => {
    const moments: ((rig: Reconnecting) => void)[] = [
      () => {},
      (rig) => rig.advance(2_000),
      (rig) => rig.reopen(),
      (rig) => {
        rig.reopen();
        rig.authenticate();
      },
      (rig) => rig.expire(),
    ];
    for (const moment of moments) {
      const rig = new Reconnecting();
      rig.enterRoom();
      rig.lose();
      moment(rig);
      rig.input({ type: 'leave' });
      rig.advance(5_000);
      expect(rig.ended).toEqual({ reason: 'left' });
    }
  });
});

describe('joining again on purpose', () => {
  it('gives up the connection that is there, and tells the server', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.input({ type: 'rejoin' });
    expect(rig.sent.slice(-3).map(({ name, attrs }) => `${name} ${attrs.type ?? ''}`)).toEqual([
      'presence unavailable',
      'a ',
      'close ',
    ]);
    expect(rig.payloads('reconnecting')).toMatchObject([
      { cause: { code: 'rejoin-asked' }, nextAt: expect.any(Number) },
    ]);
    expect(rig.sockets.length).toBe(2);
    expect(rig.sockets[1]).not.toContain('previd');
    rig.input({ type: 'socket-opened' });
    rig.loggedIn();
    rig.focusSays();
    rig.arrive();
    expect(rig.payloads('reconnected')).toMatchObject([{ resumed: false, away: 0 }]);
  });

  it('does not wait for the next try', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.lose();
    rig.input({ type: 'rejoin' });
    expect(rig.sockets.length).toBe(2);
    rig.input({ type: 'rejoin' });
    expect(rig.sockets.length).toBe(2);
  });
});
