import { describe, expect, it } from 'vitest';
import { type XmlElement, xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { iqGet, message } from '../../../src/xmpp/stanza.ts';
import { captureFrames } from '../../support/captures.ts';
import {
  handshake,
  jid,
  Run,
  received,
  loggedIn,
  features,
  mechanisms,
  success,
  bindFeature,
  close,
  closeSent,
} from '../../support/stream-run.ts';

describe('logging in', () => {
  it('is the recorded exchange, frame by frame', () => {
    const run = new Run();
    const sent: XmlElement[] = [];
    for (const { kind, text } of handshake) {
      if (kind === 'received') run.receive(text);
      else sent.push(parseXml(text));
      expect(run.sent.slice(0, sent.length)).toEqual(sent);
    }
    expect(run.sent).toEqual(sent);
    expect(run.stream.state).toEqual({ name: 'established', jid });
    expect(run.effects.at(-1)).toEqual({ type: 'established', jid });
  });

  it('passes on what the server says before it answers the bind', () => {
    const run = loggedIn();
    expect(run.stanzas).toHaveLength(1);
    expect(run.stanzas[0]).toMatchObject({ name: 'message', attrs: { from: 'meet.jitsi.test' } });
    expect(run.effects.findIndex(({ type }) => type === 'stanza')).toBeLessThan(
      run.effects.findIndex(({ type }) => type === 'established'),
    );
  });

  it('sends nothing before the answer to the step before', () => {
    const run = new Run();
    const steps = received(handshake).map((frame) => {
      run.receive(frame);
      return run.stream.state.name;
    });
    expect(steps).toEqual([
      'opening',
      'authenticating',
      'restarting',
      'restarting',
      'binding',
      'binding',
      'enabling',
      'established',
    ]);
  });

  it('goes without stream management where it is not offered, not wanted, or declined', () => {
    const bound = `<iq xmlns='jabber:client' id='alice-1' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@b/c</jid></bind></iq>`;
    const notOffered = new Run();
    notOffered.receive(mechanisms('ANONYMOUS'), success, features(bindFeature), bound);
    expect(notOffered.stream.state).toEqual({ name: 'established', jid: 'a@b/c' });
    expect(notOffered.stream.resumption).toBeUndefined();

    const notWanted = loggedIn({ streamManagement: false });
    expect(notWanted.stream.state.name).toBe('established');
    expect(notWanted.sent.some(({ name }) => name === 'enable')).toBe(false);

    const declined = new Run();
    declined.receive(...received(handshake).slice(0, -1), `<failed xmlns='urn:xmpp:sm:3'/>`);
    expect(declined.stream.state.name).toBe('established');
    declined.receive(`<a xmlns='urn:xmpp:sm:3' h='7'/>`);
    expect(declined.end).toBe('still open');
  });

  it('keeps what a resumption will need', () => {
    const run = loggedIn();
    run.note(run.stream.send(message({ to: 'a@b' })));
    expect(run.stream.resumption).toEqual({ id: 'ZsegoVARAz0R', maxTime: 60_000, received: 0 });
    expect(run.stream.undelivered).toEqual({ unconfirmed: [message({ to: 'a@b' })], unsent: [] });
  });
});

describe('a login that fails', () => {
  const code = (run: Run): unknown => (typeof run.end === 'object' ? run.end.code : run.end);

  it('because the server refuses the mechanism', () => {
    const run = new Run({ credentials: { mechanism: 'PLAIN', username: 'a', password: 'b' } });
    // The recorded server offers ANONYMOUS only, and refuses PLAIN when it is tried nevertheless.
    run.receive(...received(captureFrames('11-services.plain')).slice(0, 2));
    expect(code(run)).toBe('login-required');
    expect(run.lastSent).toBe(closeSent);

    const tried = new Run({ credentials: { mechanism: 'PLAIN', username: 'a', password: 'b' } });
    tried.receive(mechanisms('PLAIN'), ...received(captureFrames('11-services.plain')).slice(2));
    expect(tried.sent.at(-2)).toEqual(
      parseXml(captureFrames('11-services.plain', 'sent').at(-1)?.text ?? ''),
    );
    expect(code(tried)).toBe('authentication-failed');
  });

  it('because of a token, with the server’s words', () => {
    const run = new Run();
    run.receive(
      mechanisms('ANONYMOUS'),
      `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/><text>token expired</text></failure>`,
    );
    expect(run.end).toMatchObject({ code: 'authentication-failed', kind: 'refused' });
    expect(run.end).toHaveProperty('message', expect.stringContaining('not-allowed (token expired)'));
  });

  it('because the server does not know the host', () => {
    const run = new Run({ domain: 'elsewhere.test' });
    run.receive(...received(captureFrames('11-services.unknownhost')));
    expect(run.end).toMatchObject({ code: 'stream-host-unknown', kind: 'connection', retryable: false });
    expect(run.end).toHaveProperty(
      'message',
      expect.stringContaining('This server does not serve elsewhere.test'),
    );
  });

  it('because there are no mechanisms', () => {
    const run = new Run();
    run.receive(features(''));
    expect(code(run)).toBe('login-required');
  });

  it('because the server binds nothing', () => {
    const noFeature = new Run();
    noFeature.receive(mechanisms('ANONYMOUS'), success, features(''));
    expect(code(noFeature)).toBe('no-bind');

    const noAddress = new Run();
    noAddress.receive(mechanisms('ANONYMOUS'), success, features(bindFeature));
    noAddress.receive(`<iq xmlns='jabber:client' id='alice-1' type='result'/>`);
    expect(code(noAddress)).toBe('no-bind');

    const refused = new Run();
    refused.receive(mechanisms('ANONYMOUS'), success, features(bindFeature));
    refused.receive(
      `<iq xmlns='jabber:client' id='alice-1' type='error'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    expect(code(refused)).toBe('bind-refused');
    expect(refused.end).toHaveProperty('message', expect.stringContaining('resource-constraint'));
  });

  it.each([0, 1, 2, 4, 6])('because the server says nothing after %d frames', (count) => {
    const run = new Run();
    run.receive(...received(handshake).slice(0, count));
    run.advance(19_999);
    expect(run.end).toBe('still open');
    run.advance(1);
    expect(run.end).toMatchObject({ code: 'login-timeout', kind: 'timeout', retryable: true });
    expect(run.lastSent).toBe(closeSent);
    expect(run.stream.nextTimeout()).toBeUndefined();
  });

  it.each(['', 'HTTP/1.1 200 OK', '<html><br></html>', '<open', `<!DOCTYPE html><html/>`])(
    'because the server speaks something else: %j',
    (frame) => {
      const run = new Run();
      run.receive(frame);
      expect(run.end).toMatchObject({ kind: 'protocol', code: expect.stringMatching(/^xml-/) });
    },
  );

  it('because the socket closes', () => {
    const run = new Run();
    run.note(run.stream.socketClosed('the server closed the socket with code 1001', run.now));
    expect(run.end).toMatchObject({ code: 'connection-lost', retryable: true });
    expect(run.end).toHaveProperty('message', expect.stringContaining('code 1001'));
  });
});

describe('requests', () => {
  const ping = (run: Run, to = 'muc.example'): string => {
    const id = run.stream.nextId();
    run.note(run.stream.request(iqGet(to, id, xml('urn:xmpp:ping', 'ping')), 'asking', 5_000, run.now));
    return id;
  };
  const answer = (id: string, from: string): string =>
    `<iq xmlns='jabber:client' type='result' id='${id}' from='${from}' to='${jid}'/>`;

  it('get their answer, and nobody else sees it', () => {
    const run = loggedIn();
    const id = ping(run);
    const before = run.stanzas.length;
    run.receive(answer(id, 'muc.example'));
    expect(run.answers).toEqual([{ id, outcome: { ok: true, result: parseXml(answer(id, 'muc.example')) } }]);
    expect(run.stanzas).toHaveLength(before);
  });

  it('do not take an answer from somebody else, who may have guessed the id', () => {
    const run = loggedIn();
    const id = ping(run);
    run.receive(answer(id, 'room@muc.example/mallory'));
    expect(run.answers).toEqual([]);
    expect(run.stanzas.at(-1)?.attrs.from).toBe('room@muc.example/mallory');
  });

  it('end when their time is over', () => {
    const run = loggedIn();
    const id = ping(run);
    run.advance(5_000);
    expect(run.answers).toMatchObject([{ id, outcome: { ok: false, error: { code: 'no-answer' } } }]);
  });

  it('end with the stream, before it says that it ended', () => {
    const run = loggedIn({ streamManagement: false });
    const id = ping(run);
    run.note(run.stream.socketClosed('gone', run.now));
    expect(run.answers).toMatchObject([{ id, outcome: { ok: false, error: { code: 'connection-lost' } } }]);
    expect(run.effects.at(-1)?.type).toBe('ended');
  });
});

describe('liveness', () => {
  const pings = (run: Run): XmlElement[] =>
    run.sent.filter(({ children }) => JSON.stringify(children).includes('urn:xmpp:ping'));

  it('pings a silent server, and is content with any answer', () => {
    const run = loggedIn({ ping: { interval: 10_000, timeout: 5_000, threshold: 1 } });
    run.advance(10_000);
    expect(pings(run)).toHaveLength(1);
    expect(pings(run)[0]?.attrs).toMatchObject({ type: 'get', to: 'meet.jitsi.test' });
    const { id } = pings(run)[0]?.attrs ?? {};
    const before = run.effects.length;
    run.receive(
      `<iq xmlns='jabber:client' type='error' id='${id}' from='meet.jitsi.test'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    expect(run.effects).toHaveLength(before);
    run.advance(9_999);
    expect(pings(run)).toHaveLength(1);
    run.advance(1);
    expect(pings(run)).toHaveLength(2);
    expect(run.end).toBe('still open');
  });

  it('does not ping while anything arrives', () => {
    const run = loggedIn();
    for (let second = 0; second < 120; second++) {
      run.receive(`<message xmlns='jabber:client' from='x@y'/>`);
      run.advance(1_000);
    }
    expect(pings(run)).toEqual([]);
  });

  it('gives up 20 s after the last byte, and ends where it cannot be resumed', () => {
    const run = loggedIn({ streamManagement: false });
    run.advance(19_999);
    expect(pings(run)).toHaveLength(2);
    expect(run.end).toBe('still open');
    run.advance(1);
    expect(run.end).toMatchObject({ code: 'connection-lost', retryable: true });
    expect(run.lastSent).toBe(closeSent);
    expect(run.answers).toEqual([]);
  });
});

describe('frames that cannot be used', () => {
  it('do not end an established stream, and are counted as the server counts them', () => {
    const run = loggedIn();
    run.receive(
      `<presence xmlns='jabber:client'>${'<a>'.repeat(1000)}`,
      ` <message xmlns='jabber:client'><body>&nope;</body></message>`,
      '<nothing',
      `<r xmlns='urn:xmpp:sm:3'/>`,
    );
    expect(run.warnings.map(({ code }) => code)).toEqual([
      'xml-too-deep',
      'xml-not-well-formed',
      'xml-not-well-formed',
    ]);
    expect(run.lastSent).toBe('<a xmlns="urn:xmpp:sm:3" h="2"/>');
    expect(run.end).toBe('still open');
  });

  it('are ignored when they are elements that nobody asked for', () => {
    const run = loggedIn();
    const before = run.effects.length;
    run.receive(features(''), success, `<presence xmlns='urn:x'/>`, `<enabled xmlns='urn:xmpp:sm:3'/>`);
    expect(run.effects).toHaveLength(before);
    expect(run.stream.state.name).toBe('established');
  });

  it('end the stream when the server acknowledges what was never sent', () => {
    const run = loggedIn();
    run.receive(`<a xmlns='urn:xmpp:sm:3' h='1'/>`);
    expect(run.end).toMatchObject({ code: 'sm-handled-too-many', kind: 'protocol' });
    expect(run.lastSent).toBe(closeSent);
  });
});

describe('the end', () => {
  it('that we want: our count, our close, the server’s', () => {
    const run = loggedIn();
    run.receive(`<message xmlns='jabber:client' from='x@y'/>`);
    run.note(run.stream.close());
    expect(run.sent.slice(-2).map((element) => serialize(element))).toEqual([
      '<a xmlns="urn:xmpp:sm:3" h="1"/>',
      closeSent,
    ]);
    // The server may go on until it has seen our close, as the recorded one does.
    run.receive(`<message xmlns='jabber:client' from='x@y'/>`, `<a xmlns='urn:xmpp:sm:3' h='0'/>`);
    expect(run.end).toBe('still open');
    run.receive(close);
    expect(run.end).toBeUndefined();
    expect(run.effects.filter(({ type }) => type === 'ended')).toHaveLength(1);
  });

  it('that we want tells which messages had arrived, and asks nothing more', () => {
    const run = loggedIn();
    for (const id of ['1', '2']) run.note(run.stream.send(message({ id })));
    run.note(run.stream.close());
    const before = run.sent.length;
    run.receive(`<r xmlns='urn:xmpp:sm:3'/>`, `<a xmlns='urn:xmpp:sm:3' h='1'/>`);
    expect(run.effects.at(-1)).toEqual({ type: 'acknowledged', ids: ['1'] });
    expect(run.sent).toHaveLength(before);
    run.receive(close);
    expect(run.end).toBeUndefined();
    expect(run.stream.undelivered.unconfirmed).toHaveLength(1);
  });

  it('that we want, when the socket closes instead', () => {
    const run = loggedIn();
    run.note(run.stream.close());
    run.note(run.stream.socketClosed('gone', run.now));
    expect(run.end).toBeUndefined();
  });

  it('that we want in the middle of the login', () => {
    const run = new Run();
    run.note(run.stream.close());
    expect(run.stream.state.name).toBe('closing');
    expect(run.stream.nextTimeout()).toBeUndefined();
    run.receive(...received(handshake));
    expect(run.sent.map(({ name }) => name)).toEqual(['open', 'close']);
    run.note(run.stream.socketClosed('gone', run.now));
    expect(run.end).toBeUndefined();
  });

  it('that the server wants: its close is answered', () => {
    const run = loggedIn();
    run.receive(close);
    expect(run.lastSent).toBe(closeSent);
    expect(run.end).toMatchObject({ code: 'stream-closed', retryable: true });
  });

  it.each([
    ['conflict', false],
    ['system-shutdown', true],
    ['connection-timeout', true],
  ])('by the stream error %s', (condition, retryable) => {
    const run = loggedIn();
    run.receive(
      `<error xmlns='http://etherx.jabber.org/streams'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>`,
    );
    expect(run.end).toMatchObject({ code: `stream-${condition}`, retryable });
  });

  it('comes once: after it nothing is sent, said or due', () => {
    const run = loggedIn();
    run.receive(close);
    const before = run.effects.length;
    run.receive(close, `<message xmlns='jabber:client'/>`, '<nothing');
    run.note(run.stream.close());
    run.note(run.stream.send(message({})));
    run.note(run.stream.socketClosed('gone', run.now));
    run.note(run.stream.tick(run.now + 1_000_000));
    expect(run.effects).toHaveLength(before);
    expect(run.stream.nextTimeout()).toBeUndefined();
  });
});
