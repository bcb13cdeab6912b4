import { describe, expect, it } from 'vitest';
import { resourceOf } from '../../../src/xmpp/jid.ts';
import { text } from '../../../src/xml/element.ts';
import { MachineHarness, standardConfig } from '../../support/machine-harness.ts';

function joinCode(run: MachineHarness): unknown {
  return run.ended?.error && 'code' in run.ended.error ? run.ended.error.code : run.ended;
}

describe('joining', () => {
  it('goes through its states one by one', () => {
    const run = new MachineHarness();
    run.join();
    expect(run.joined).toBe(true);
    expect(run.transitions).toEqual([
      'idle → discovering',
      'discovering → connecting',
      'connecting → logging-in',
      'logging-in → requesting',
      'requesting → entering',
      'entering → joined',
    ]);
    expect(run.sockets).toEqual(['wss://meet.test/xmpp-websocket?room=standup']);
  });

  it('takes the endpoint id from an anonymous user name, and makes one for an account', () => {
    const guest = new MachineHarness();
    guest.join();
    expect(guest.last('presence', 'x').attrs.to).toBe('standup@conference.meet.test/3f9c21ab');
    const account = new MachineHarness({
      credentials: { mechanism: 'PLAIN', username: 'bot', password: 'p' },
    });
    account.discover();
    account.login();
    account.focusSays();
    expect(resourceOf(account.last('presence', 'x').attrs.to ?? '')).toMatch(/^(?!3f9c21ab)[0-9a-f]{8}$/);
  });

  it('keeps the password out of everything but the join presence', () => {
    const run = new MachineHarness({ password: 'tea4two' });
    run.join();
    run.input({ type: 'update-presence', change: { handRaisedAt: 1 } });
    const withPassword = run.sent.filter((element) => JSON.stringify(element).includes('tea4two'));
    expect(withPassword).toEqual([run.sent.find((element) => element.name === 'presence')]);
  });

  it('goes in under the nick that the room assigned', () => {
    const run = new MachineHarness();
    run.discover();
    run.login();
    run.focusSays();
    run.occupant(
      'other0000',
      '',
      'affiliation="none" role="participant"',
      '<status code="110"/><status code="210"/>',
    );
    expect(run.joined).toBe(true);
    expect(run.machine.room?.occupantJid).toBe('standup@conference.meet.test/other0000');
  });

  it('sends what was changed while the join was under way', () => {
    const run = new MachineHarness();
    run.discover();
    run.login();
    run.focusSays();
    run.input({ type: 'update-presence', change: { handRaisedAt: 42 } });
    expect(run.count('presence', 'x')).toBe(1);
    run.enter();
    expect(
      text(
        run
          .last('presence', 'jitsi_participant_raisedHand')
          .children.find(
            (node) => typeof node !== 'string' && node.name === 'jitsi_participant_raisedHand',
          ) as never,
      ),
    ).toBe('42');
    expect(run.count('presence', 'x')).toBe(1);
  });

  it('sends no presence that says nothing new', () => {
    const run = new MachineHarness();
    run.join();
    const before = run.sent.length;
    run.input({ type: 'update-presence', change: { displayName: 'Ada' } });
    expect(run.sent.length).toBe(before);
  });
});

describe('discovery', () => {
  it('guesses without config.js, and says so', () => {
    const run = new MachineHarness();
    run.input({ type: 'start' });
    run.input({ type: 'http-response', purpose: 'config', status: 404, body: '' });
    expect(run.sockets).toEqual(['wss://meet.test/xmpp-websocket?room=standup']);
    expect(run.logs.filter((line) => line.startsWith('warn')).join()).toMatch(
      /404.*--xmpp-domain|404.*xmppDomain/s,
    );
  });

  it('says that it is no Jitsi when the guess fails', () => {
    const run = new MachineHarness();
    run.input({ type: 'start' });
    run.input({ type: 'http-response', purpose: 'config', status: 404, body: '' });
    const refused = Object.assign(new Error('refused'), {
      code: 'websocket-refused',
      kind: 'connection',
      retryable: false,
    });
    run.input({ type: 'socket-failed', error: refused as never });
    run.boshAnswers(404, 'no such page');
    expect(joinCode(run)).toBe('not-jitsi');
  });

  it('ends on a config.js that is an HTML page', () => {
    const run = new MachineHarness();
    run.input({ type: 'start' });
    run.input({
      type: 'http-response',
      purpose: 'config',
      status: 200,
      body: '<!DOCTYPE html><html></html>',
    });
    expect(joinCode(run)).toBe('config-not-javascript');
  });

  it('asks for no config.js when everything was given', () => {
    const run = new MachineHarness({
      overrides: { xmppDomain: 'x.test', muc: 'muc.x.test', websocket: 'wss://ws.test/x' },
    });
    run.input({ type: 'start' });
    expect(run.requests).toEqual([]);
    expect(run.sockets).toEqual(['wss://ws.test/x?room=standup']);
  });
});

describe('the focus', () => {
  it('is asked again while it is not ready, more and more seldom', () => {
    const run = new MachineHarness();
    run.discover();
    run.login();
    for (const [count, wait] of [1_000, 2_000, 4_000].entries()) {
      run.focusSays('ready="false"');
      run.advance(wait - 1);
      expect(run.count('iq', 'conference')).toBe(count + 1);
      run.advance(1);
      expect(run.count('iq', 'conference')).toBe(count + 2);
    }
    run.focusSays();
    run.enter();
    expect(run.joined).toBe(true);
  });

  const refusal = (condition: string, type = 'cancel', more = ''): string =>
    `<error type="${type}"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>${more}</error>`;

  it('is given some seconds to restart', () => {
    const run = new MachineHarness();
    run.discover();
    run.login();
    for (let tries = 1; tries <= 3; tries++) {
      run.answer('conference', 'error', refusal('service-unavailable'));
      run.advance(4_000);
      expect(run.count('iq', 'conference')).toBe(tries + 1);
    }
    run.answer('conference', 'error', refusal('service-unavailable'));
    expect(run.machine.state).toMatchObject({
      name: 'closing',
      info: { error: { code: 'focus-unavailable' } },
    });
  });

  it('is asked for the login page when it wants a login', () => {
    const run = new MachineHarness();
    run.discover();
    run.login();
    run.answer('conference', 'error', refusal('not-authorized', 'auth'));
    run.answer(
      'login-url',
      'result',
      '<login-url xmlns="http://jitsi.org/protocol/focus" url=".%2Fstandup%3Flogin%3Dtrue"/>',
    );
    expect(run.machine.state).toMatchObject({
      info: {
        error: { code: 'login-required', kind: 'refused', loginUrl: 'https://meet.test/standup?login=true' },
      },
    });
  });

  it('refuses for good in other ways, each with its code', () => {
    const cases: [string, string][] = [
      [
        refusal('not-acceptable', 'modify', '<session-invalid xmlns="http://jitsi.org/protocol/focus"/>'),
        'session-invalid',
      ],
      [refusal('not-acceptable', 'modify'), 'machine-uid-refused'],
      [
        refusal(
          'service-unavailable',
          'cancel',
          '<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">taken</text><reservation-error xmlns="http://jitsi.org/protocol/focus" error-code="409"/>',
        ),
        'reservation-refused',
      ],
      [refusal('bad-request', 'modify'), 'conference-request-refused'],
    ];
    for (const [error, code] of cases) {
      const run = new MachineHarness();
      run.discover();
      run.login();
      run.answer('conference', 'error', error);
      expect(run.machine.state).toMatchObject({ name: 'closing', info: { error: { code } } });
    }
  });

  it('does not leave us waiting when it answers nothing', () => {
    const run = new MachineHarness();
    run.discover();
    run.login();
    run.advance(15_000);
    expect(run.machine.state).toMatchObject({
      info: { error: { code: 'focus-no-answer', kind: 'timeout' } },
    });
  });

  it('cannot send us to a visitor node, nor let us into a room that is not live', () => {
    for (const [attributes, properties, code] of [
      ['ready="true" vnode="v1"', '', 'visitor-redirect'],
      ['ready="true"', '<property name="live" value="false"/>', 'conference-not-live'],
    ] as const) {
      const run = new MachineHarness();
      run.discover();
      run.login();
      run.focusSays(attributes, properties);
      expect(run.machine.state).toMatchObject({ info: { error: { code } } });
    }
  });

  it('is asked over HTTP where the deployment says so, while the connection is made', () => {
    const run = new MachineHarness({ token: 'jwt.jwt.jwt' });
    run.discover(
      `${standardConfig} config.conferenceRequestUrl = 'https://meet.test/conference-request/v1';`,
    );
    expect(run.sockets).toEqual(['wss://meet.test/xmpp-websocket?room=standup&token=jwt.jwt.jwt']);
    const request = run.requests.find(({ purpose }) => purpose === 'conference-request');
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://meet.test/conference-request/v1?room=standup',
      headers: { authorization: 'Bearer jwt.jwt.jwt', 'content-type': 'application/json' },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      room: 'standup@conference.meet.test',
      machineUid: 'm1',
      properties: { rtcstatsEnabled: false },
    });
    run.input({ type: 'http-response', purpose: 'conference-request', status: 200, body: '{"ready":false}' });
    run.advance(1_000);
    expect(run.requests.filter(({ purpose }) => purpose === 'conference-request')).toHaveLength(2);
    run.input({ type: 'http-response', purpose: 'conference-request', status: 200, body: '{"ready":true}' });
    expect(run.sockets).toHaveLength(1);
    run.login();
    expect(run.sent.some((element) => JSON.stringify(element).includes('"conference"'))).toBe(false);
    run.enter();
    expect(run.joined).toBe(true);
  });
});

describe('the room', () => {
  function atTheDoor(options: ConstructorParameters<typeof MachineHarness>[0] = {}): MachineHarness {
    const run = new MachineHarness(options);
    run.discover();
    run.login();
    run.focusSays();
    return run;
  }

  it('that vanished is asked for anew, three times', () => {
    const run = atTheDoor();
    for (let tries = 1; tries <= 3; tries++) {
      run.refuseJoin(
        'cancel',
        'not-allowed',
        '<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">Room creation is restricted</text>',
      );
      run.advance(4_000);
      expect(run.count('iq', 'conference')).toBe(tries + 1);
      run.focusSays();
    }
    run.refuseJoin(
      'cancel',
      'not-allowed',
      '<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">Room creation is restricted</text>',
    );
    expect(run.machine.state).toMatchObject({ info: { error: { code: 'room-does-not-exist' } } });
  });

  it('where our id is taken is tried once with another, unless the id was asked for', () => {
    const run = atTheDoor();
    run.refuseJoin('cancel', 'conflict');
    const second = resourceOf(run.last('presence', 'x').attrs.to ?? '');
    expect(second).toMatch(/^[0-9a-f]{8}$/);
    expect(second).not.toBe('3f9c21ab');
    run.refuseJoin('cancel', 'conflict');
    expect(run.machine.state).toMatchObject({ info: { error: { code: 'nick-conflict' } } });
    const explicit = atTheDoor({ endpointId: 'deadbeef' });
    explicit.refuseJoin('cancel', 'conflict');
    expect(explicit.machine.state).toMatchObject({ info: { error: { code: 'nick-conflict' } } });
  });

  it('that does not answer is given up', () => {
    const run = atTheDoor();
    run.advance(20_000);
    expect(run.machine.state).toMatchObject({ info: { error: { code: 'join-timeout', kind: 'timeout' } } });
  });

  it('is given up as a whole after the join timeout', () => {
    const run = new MachineHarness({ joinTimeout: 5_000 });
    run.input({ type: 'start' });
    run.advance(5_000);
    expect(joinCode(run)).toBe('join-timeout');
  });

  it('tells why it refuses', () => {
    const jitmeet = (name: string, content = ''): string =>
      `<${name} xmlns="http://jitsi.org/jitmeet">${content}</${name}>`;
    const cases: [type: string, condition: string, content: string, code: string, password?: string][] = [
      ['auth', 'not-authorized', '', 'password-required'],
      ['auth', 'not-authorized', '', 'password-wrong', 'guess'],
      ['auth', 'forbidden', '', 'banned'],
      ['cancel', 'item-not-found', '', 'room-not-found'],
      ['cancel', 'not-allowed', jitmeet('authentication-required'), 'guests-not-accepted'],
      ['cancel', 'not-allowed', '<no-visitors-lobby xmlns="jitsi:visitors"/>', 'visitors-refused'],
      [
        'cancel',
        'not-allowed',
        '<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">Invalid resource</text>',
        'join-not-allowed',
      ],
      ['modify', 'not-acceptable', jitmeet('displayname-required'), 'display-name-required'],
      ['auth', 'registration-required', jitmeet('lobbyroom', 'standup@lobby.meet.test'), 'lobby'],
      ['wait', 'service-unavailable', '', 'room-full'],
      ['wait', 'resource-constraint', '', 'join-refused'],
    ];
    for (const [type, condition, content, code, password] of cases) {
      const run = atTheDoor(password === undefined ? {} : { password });
      run.refuseJoin(type, condition, content);
      expect(run.machine.state, condition).toMatchObject({
        name: 'closing',
        info: { reason: 'join-failed', error: { code, condition } },
      });
    }
  });
});
