/** The login in one flight, the way back from it, and what is remembered of hosts. */
import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/base/errors.ts';
import { HostMemory } from '../../../src/conference/host-memory.ts';
import type { ConferenceOptions } from '../../../src/conference/options.ts';
import { elements, type XmlElement } from '../../../src/xml/element.ts';
import { MachineHarness, standardConfig } from '../../support/machine-harness.ts';

const streamError = (condition: string): string =>
  `<stream:error xmlns:stream="http://etherx.jabber.org/streams"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`;
const saslFailure = `<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-allowed/><text>token required</text></failure>`;
const mechanisms = (name: string): string =>
  `<stream:features xmlns:stream="http://etherx.jabber.org/streams"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>${name}</mechanism></mechanisms></stream:features>`;

const describeSent = (sent: readonly XmlElement[]): string[] =>
  sent.map((element) => (element.name === 'iq' ? (elements(element)[0]?.name ?? '') : element.name));

/** Discovered, and the socket open: `<open/>` and `<auth/>` are on their way. */
function asking(options: Partial<ConferenceOptions> = {}): MachineHarness {
  const run = new MachineHarness({ pipelining: true, streamManagement: true, ...options });
  run.discover();
  run.input({ type: 'socket-opened' });
  return run;
}

/** Authenticated: the flight is on its way. */
function inFlight(options: Partial<ConferenceOptions> = {}): MachineHarness {
  const run = asking(options);
  run.authenticate();
  return run;
}

/** What the other side answers to the flight, in order. */
function answerFlight(run: MachineHarness): void {
  run.answerBind('<sm xmlns="urn:xmpp:sm:3"/>');
  run.frame('<enabled xmlns="urn:xmpp:sm:3" id="sm1" resume="true"/>');
}

describe('the flight', () => {
  it('is everything up to the conference request, when the server has said no more than success', () => {
    const run = inFlight();
    expect(describeSent(run.sent)).toEqual([
      'open',
      'auth',
      'open',
      'bind',
      'enable',
      'services',
      'conference',
    ]);
    const before = run.sent.length;
    answerFlight(run);
    expect(describeSent(run.sent.slice(before))).toEqual(['query']);
    run.focusSays();
    expect(describeSent(run.sent.slice(before + 1))).toEqual(['presence']);
    run.enter();
    expect(run.joined).toBe(true);
    expect(run.transitions).toEqual([
      'idle → discovering',
      'discovering → connecting',
      'connecting → logging-in',
      'logging-in → requesting',
      'requesting → entering',
      'entering → joined',
    ]);
  });

  it('waits for the answer to auth, and for no other', () => {
    const run = asking();
    run.advance(9_999);
    expect(describeSent(run.sent)).toEqual(['open', 'auth']);
    run.authenticate();
    expect(describeSent(run.sent.slice(2))).toEqual(['open', 'bind', 'enable', 'services', 'conference']);
  });

  it('takes the unasked discovery message that comes before the answer to bind', () => {
    const run = inFlight();
    run.answerBind('', () =>
      run.frame(
        `<message xmlns="jabber:client" from="meet.test" to="${run.jid}"><query xmlns="http://jabber.org/protocol/disco#info"><identity category="component" type="room_metadata" name="metadata.meet.test"/></query></message>`,
      ),
    );
    expect(run.machine.state.name).toBe('requesting');
    expect(run.machine.services.domain?.components).toEqual({ room_metadata: 'metadata.meet.test' });
    // It was told, so nobody has to ask.
    expect(run.count('iq', 'query')).toBe(0);
  });

  it('leaves accounts to wait for the mechanisms', () => {
    const run = asking({ credentials: { mechanism: 'PLAIN', username: 'u', password: 'secret' } });
    expect(describeSent(run.sent)).toEqual(['open']);
  });

  it('goes on without stream management where it is not offered', () => {
    const run = inFlight();
    run.answerBind();
    expect(run.machine.state.name).toBe('requesting');
    // The answer of a server that knows what it is, but not for us.
    run.frame('<failed xmlns="urn:xmpp:sm:3"/>');
    run.focusSays();
    run.enter();
    expect(run.joined).toBe(true);
    expect(run.sockets).toHaveLength(1);
  });

  it('carries no conference request where that goes over HTTP, and waits for both', () => {
    const config = `${standardConfig} config.conferenceRequestUrl = 'https://meet.test/conference-request/v1';`;
    const run = new MachineHarness({ pipelining: true });
    run.discover(config);
    run.input({ type: 'socket-opened' });
    run.authenticate();
    expect(describeSent(run.sent)).toEqual(['open', 'auth', 'open', 'bind', 'services']);
    run.input({ type: 'http-response', purpose: 'conference-request', status: 200, body: '{"ready":true}' });
    expect(run.machine.state.name).toBe('logging-in');
    run.answerBind();
    expect(run.machine.state.name).toBe('entering');
    run.enter();
    expect(run.joined).toBe(true);
  });
});

describe('a server that wants it step by step', () => {
  it.each<[string, (run: MachineHarness) => void]>([
    ['ends the stream', (run) => run.frame(streamError('policy-violation'))],
    [
      'fails SASL',
      (run) => {
        run.frame(mechanisms('ANONYMOUS'));
        run.frame(saslFailure);
      },
    ],
    ['closes the socket', (run) => run.input({ type: 'socket-closed', reason: 'code 1002' })],
    ['says nothing', (run) => run.advance(10_000)],
    [
      'refuses requests before bind',
      (run) => {
        run.authenticate();
        run.answer(
          'conference',
          'error',
          '<error type="auth"><not-authorized xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>',
        );
      },
    ],
    [
      'loses stream management on the way',
      (run) => {
        run.authenticate();
        run.answerBind('<sm xmlns="urn:xmpp:sm:3"/>');
        run.frame(
          '<failed xmlns="urn:xmpp:sm:3"><unexpected-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>',
        );
      },
    ],
    [
      'drops the conference request',
      (run) => {
        run.authenticate();
        answerFlight(run);
        run.advance(15_000);
      },
    ],
  ])('%s: it is given that, and it is remembered', (_, refuse) => {
    const memory = new HostMemory();
    const run = asking({ memory });
    refuse(run);
    expect(run.transitions.at(-1)).toMatch(/→ connecting$/);
    expect(run.socketSteps).toEqual(['open', 'close', 'open']);
    expect(run.ended).toBeUndefined();
    run.sent.length = 0;
    run.input({ type: 'socket-opened' });
    expect(describeSent(run.sent)).toEqual(['open']);
    run.answerLogin();
    run.focusSays();
    run.enter();
    expect(run.joined).toBe(true);

    const next = asking({ memory });
    expect(describeSent(next.sent)).toEqual(['open']);
  });

  it('is asked in that way once, and its refusal is then reported as it is', () => {
    const memory = new HostMemory();
    const run = asking({ memory });
    run.frame(mechanisms('ANONYMOUS'));
    run.frame(saslFailure);
    run.input({ type: 'socket-opened' });
    run.frame(mechanisms('ANONYMOUS'));
    run.frame(saslFailure);
    expect(run.ended).toMatchObject({
      reason: 'join-failed',
      error: { code: 'authentication-failed', message: expect.stringContaining('token required') },
    });
    // The order had nothing to do with it.
    expect(describeSent(asking({ memory }).sent)).toEqual(['open', 'auth']);
  });

  it('is not mistaken in one that has other reasons', () => {
    const noGuests = asking();
    noGuests.frame(mechanisms('PLAIN'));
    expect(noGuests.ended).toMatchObject({ error: { code: 'login-required' } });
    const unknown = asking();
    unknown.frame(streamError('host-unknown'));
    expect(unknown.ended).toMatchObject({ error: { code: 'stream-host-unknown' } });
    const focus = inFlight();
    answerFlight(focus);
    focus.answer(
      'conference',
      'error',
      '<error type="modify"><bad-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>',
    );
    expect(focus.machine.state).toMatchObject({ info: { error: { code: 'conference-request-refused' } } });
    for (const run of [noGuests, unknown, focus]) expect(run.sockets).toHaveLength(1);
  });

  it('is not seen in a connection that is lost while the focus gets ready', () => {
    const run = inFlight();
    answerFlight(run);
    run.focusSays('ready="false"');
    run.input({ type: 'socket-closed', reason: 'code 1006' });
    expect(run.ended).toMatchObject({ reason: 'join-failed', error: { code: 'connection-lost' } });
  });
});

describe('config.js', () => {
  it('is fetched while the socket to the conventional address opens', () => {
    const run = new MachineHarness({ pipelining: true });
    run.input({ type: 'start' });
    expect(run.requests).toHaveLength(1);
    expect(run.sockets).toEqual(['wss://meet.test/xmpp-websocket?room=standup']);
    run.input({ type: 'socket-opened' });
    // Nothing before it is confirmed.
    expect(run.sent).toEqual([]);
    run.input({ type: 'http-response', purpose: 'config', status: 200, body: standardConfig });
    expect(describeSent(run.sent)).toEqual(['open', 'auth']);
    expect(run.sockets).toHaveLength(1);
  });

  it('that names another address has the socket thrown away', () => {
    const elsewhere = standardConfig.replace('wss://meet.test', 'wss://xmpp.meet.test');
    for (const isOpen of [true, false]) {
      const run = new MachineHarness({ pipelining: true });
      run.input({ type: 'start' });
      if (isOpen) run.input({ type: 'socket-opened' });
      run.input({ type: 'http-response', purpose: 'config', status: 200, body: elsewhere });
      expect(run.socketSteps).toEqual(['open', 'close', 'open']);
      expect(run.sockets.at(-1)).toBe('wss://xmpp.meet.test/xmpp-websocket?room=standup');
      expect(run.sent).toEqual([]);
    }
  });

  it('may come after the conventional address failed', () => {
    const run = new MachineHarness({ pipelining: true });
    run.input({ type: 'start' });
    const error = new ConnectionError('refused', { code: 'websocket-refused' });
    run.input({ type: 'socket-failed', error });
    expect(run.ended).toBeUndefined();
    run.input({ type: 'http-response', purpose: 'config', status: 200, body: standardConfig });
    expect(run.sockets).toHaveLength(2);
    // Now it was named, and it counts.
    run.input({ type: 'socket-failed', error });
    run.boshAnswers(404, '');
    expect(run.ended).toMatchObject({ error: { code: 'websocket-refused' } });
  });

  it('is waited for with a token: only the confirmed server may see it', () => {
    const run = new MachineHarness({ pipelining: true, token: 'jwt.jwt.jwt' });
    run.input({ type: 'start' });
    expect(run.sockets).toEqual([]);
    run.input({ type: 'http-response', purpose: 'config', status: 200, body: standardConfig });
    expect(run.sockets).toEqual(['wss://meet.test/xmpp-websocket?room=standup&token=jwt.jwt.jwt']);
  });

  it('is looked for inside the tenant, and so is the socket', () => {
    const run = new MachineHarness({
      address: { origin: 'https://meet.test', tenant: 'acme', roomName: 'standup', room: 'standup' },
    });
    run.input({ type: 'start' });
    expect(run.sockets).toEqual(['wss://meet.test/acme/xmpp-websocket?room=standup']);
  });

  it('is not fetched again for ten minutes, unless the join failed or it is not wanted', () => {
    const memory = new HostMemory();
    const asks = (options: Partial<ConferenceOptions> = {}, later = 0): number => {
      const run = new MachineHarness({ memory, ...options });
      run.now += later;
      run.input({ type: 'start' });
      return run.requests.length;
    };
    new MachineHarness({ memory }).join();
    expect(asks()).toBe(0);
    expect(asks({}, 10 * 60_000)).toBe(1);
    expect(asks({ useKnownConfig: false })).toBe(1);
    expect(
      asks({
        address: { origin: 'https://meet.test', tenant: 'acme', roomName: 'standup', room: 'standup' },
      }),
    ).toBe(1);
    const failing = new MachineHarness({ memory });
    failing.input({ type: 'start' });
    failing.input({ type: 'socket-failed', error: new ConnectionError('gone', { code: 'host-not-found' }) });
    expect(asks()).toBe(1);
  });
});

describe('the memory', () => {
  it('of servers that want a login step by step lasts an hour', () => {
    const memory = new HostMemory();
    memory.rememberOrderly('wss://meet.test:5443/xmpp-websocket', 0);
    expect(memory.isOrderly('wss://meet.test:5443/tenant/xmpp-websocket', 60 * 60_000 - 1)).toBe(true);
    expect(memory.isOrderly('wss://meet.test:5443/xmpp-websocket', 60 * 60_000)).toBe(false);
    expect(memory.isOrderly('wss://meet.test/xmpp-websocket', 0)).toBe(false);
  });

  const address = (origin: string) => ({ origin, tenant: '', roomName: 'r', room: 'r' });

  it.each([
    ['room', { room: 'b', roomName: 'b' }],
    ['query', { search: '?env=dev' }],
    ['fragment', { hash: '#env=dev' }],
  ])('keeps what was read from the page’s path and query for that %s alone', (_, other) => {
    const memory = new HostMemory();
    const a = address('https://meet.test');
    const b = { ...a, ...other };
    const config = { config: {}, unresolved: [] };
    memory.rememberConfig(a, { ...config, isOfRoom: true }, 0);
    expect(memory.config(a, 0)).toBeDefined();
    expect(memory.config(b, 0)).toBeUndefined();
    memory.rememberConfig(a, config, 0);
    expect(memory.config(b, 0)).toBe(config);
    expect(memory.config(a, 0)).toBe(config);
    memory.forgetConfig(a);
    expect(memory.config(a, 0)).toBeUndefined();
  });

  it('is bounded', () => {
    const memory = new HostMemory();
    const config = { config: {}, unresolved: [] };
    for (let index = 0; index < 1_000; index++) {
      memory.rememberConfig(address(`https://${index}.test`), config, 0);
      memory.rememberOrderly(`wss://${index}.test/xmpp-websocket`, 0);
    }
    const kept = Array.from({ length: 1_000 }, (_, index) => index).filter(
      (index) => memory.config(address(`https://${index}.test`), 0) !== undefined,
    );
    expect(kept).toHaveLength(200);
    expect(kept[0]).toBe(800);
    expect(memory.isOrderly('wss://799.test/', 0)).toBe(false);
    expect(memory.isOrderly('wss://800.test/', 0)).toBe(true);
  });
});
