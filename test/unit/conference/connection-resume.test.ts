import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/base/errors.ts';
import { xml } from '../../../src/xml/element.ts';
import { iqGet, message } from '../../../src/xmpp/stanza.ts';
import { ConnectionRig } from '../../support/connection-rig.ts';
import { standardConfig } from '../../support/machine-harness.ts';

const say = (rig: ConnectionRig, ...bodies: string[]): void => {
  for (const id of bodies)
    rig.connection.send(message({ id, to: 'room@muc' }, xml('jabber:client', 'body', {}, id)), rig.now);
  rig.run();
};
const ask = (rig: ConnectionRig, id: string): void => {
  rig.connection.request(iqGet('meet.test', id, xml('urn:x', 'q')), 'asking', 60_000, rig.now);
  rig.run();
};
const refused = new ConnectionError('nobody listens', { code: 'connection-refused', retryable: true });

function established(options: ConstructorParameters<typeof ConnectionRig>[0] = {}): ConnectionRig {
  const rig = new ConnectionRig(options);
  rig.start();
  rig.connection.worked(rig.now);
  expect(rig.take().at(-1)).toBe('established user1@meet.test/r');
  return rig;
}

describe('a connection that lost its socket', () => {
  it('says so, throws the socket away without a word, and does nothing by itself', () => {
    const rig = established();
    rig.lose();
    expect(rig.take()).toEqual(['dropped', 'interrupted']);
    expect(rig.errors[0]).toMatchObject({ code: 'connection-lost', retryable: true });
    rig.advance(3_600_000);
    expect(rig.take()).toEqual([]);
    expect(rig.sockets).toHaveLength(1);
    expect(rig.connection.jid).toBe('user1@meet.test/r');
    expect(rig.connection.isOpen).toBe(false);
  });

  it('resumes: everything arrives once and in order, in both directions', () => {
    const rig = established({ token: 'jwt' });
    say(rig, '1');
    rig.connection.askForAcknowledgement(rig.now);
    rig.run();
    expect(rig.take()).toEqual(['acknowledged 1']);
    rig.blackhole();
    say(rig, '2');
    rig.lose();
    say(rig, '3');
    rig.server.say('a');
    rig.server.say('b');
    rig.take();
    rig.connection.resume();
    expect(rig.sockets[1]).toBe('wss://meet.test/xmpp-websocket?room=standup&token=jwt&previd=stream-1');
    say(rig, '4');
    rig.open();
    expect(rig.take()).toEqual(['resumed', 'stanza a', 'stanza b', 'acknowledged 2 3 4']);
    say(rig, '5');
    expect(rig.server.stream.heard).toEqual(['1', '2', '3', '4', '5']);
    expect(rig.server.streams).toHaveLength(1);
  });

  it('takes the token that it is given', () => {
    const rig = established({ token: 'old' });
    rig.lose();
    rig.connection.useToken('new');
    rig.connection.resume();
    expect(rig.sockets[1]).toContain('token=new&previd=');
  });

  it.each<[string, (rig: ConnectionRig) => void]>([
    ['no socket opens', (rig) => rig.connection.socketFailed(refused, rig.now)],
    ['nobody answers the login', (rig) => (rig.openOnly(), rig.advance(20_000))],
    ['the socket breaks in the login', (rig) => (rig.openOnly(), rig.lose())],
  ])('is interrupted again when %s, and can be resumed after', (_, happens) => {
    const rig = established();
    ask(rig, 'before');
    rig.blackhole();
    ask(rig, 'q');
    rig.lose();
    rig.take();
    rig.connection.resume();
    happens(rig);
    expect(rig.take()).toEqual(['dropped', 'interrupted']);
    rig.connection.resume();
    rig.open();
    expect(rig.take()).toEqual(['resumed', 'answer q ok']);
  });

  it('makes sense to resume for as long as the server says, and for minutes in which it may not have noticed', () => {
    const rig = established();
    expect(rig.connection.canResume(rig.now)).toBe(false);
    rig.lose();
    rig.advance(299_999);
    expect(rig.connection.canResume(rig.now)).toBe(true);
    rig.connection.resume();
    rig.connection.socketFailed(refused, rig.now);
    rig.advance(1);
    expect(rig.connection.canResume(rig.now)).toBe(false);

    const untold = new ConnectionRig();
    untold.server.options = { enabled: 'resume="true"' };
    untold.start();
    untold.lose();
    untold.advance(299_999);
    expect(untold.connection.canResume(untold.now)).toBe(true);
    untold.advance(1);
    expect(untold.connection.canResume(untold.now)).toBe(false);
  });

  it('gets another identity where the server has forgotten the stream', () => {
    const rig = established();
    say(rig, '1');
    rig.blackhole();
    say(rig, '2');
    ask(rig, 'q');
    rig.lose();
    say(rig, '3');
    rig.server.forget();
    rig.take();
    rig.connection.resume();
    rig.open();
    expect(rig.take()).toEqual([
      'acknowledged 1',
      'answer q connection-lost',
      'not resumed',
      'established user2@meet.test/r',
    ]);
    const ids = rig.undelivered.map(({ unconfirmed, unsent }) =>
      [unconfirmed, unsent].map((list) => list.map(({ attrs }) => attrs.id)),
    );
    expect(ids).toEqual([[['2', 'q'], ['3']]]);
    expect(rig.server.stream.heard).toEqual([]);
    say(rig, '4');
    expect(rig.server.stream.heard).toEqual(['4']);
    // And this one can be resumed.
    rig.lose();
    rig.connection.resume();
    expect(rig.sockets[2]).toContain('previd=stream-2');
  });

  it('is over where it cannot be resumed, and leaves behind what was not sent', () => {
    const rig = new ConnectionRig();
    rig.server.options = { enabled: '' };
    rig.start();
    rig.blackhole();
    say(rig, '1');
    rig.lose();
    expect(rig.take().slice(-1)).toEqual(['ended']);
    expect(rig.connection.canResume(rig.now)).toBe(false);
    expect(rig.connection.takeLost().unconfirmed.map(({ attrs }) => attrs.id)).toEqual(['1']);
    expect(rig.connection.takeLost()).toEqual({ unconfirmed: [], unsent: [] });
  });

  it('can be closed at any moment', () => {
    const rig = established();
    rig.lose();
    rig.take();
    rig.connection.close(rig.now);
    expect(rig.take()).toEqual(['closed', 'ended']);

    const resuming = established();
    resuming.lose();
    resuming.connection.resume();
    resuming.take();
    resuming.connection.close(resuming.now);
    expect(resuming.take()).toEqual(['closed', 'ended']);
  });
});

describe('connecting anew', () => {
  it('is another stream: requests of the old one end, and what it leaves can be taken', () => {
    const rig = established();
    rig.blackhole();
    say(rig, '1');
    ask(rig, 'q');
    const id = rig.connection.nextId();
    rig.lose();
    say(rig, '2');
    rig.take();
    rig.connection.connectAnew(
      rig.discovery(standardConfig.replace('wss://meet.test', 'wss://other.test')),
      'test',
      rig.now,
    );
    expect(rig.take()).toEqual(['answer q connection-lost', 'dropped', 'connecting']);
    expect(rig.sockets[1]).toBe('wss://other.test/xmpp-websocket?room=standup');
    rig.open();
    expect(rig.take()).toEqual(['logging in', 'established user2@meet.test/r']);
    expect(rig.connection.nextId()).not.toBe(id);
    const { unconfirmed, unsent } = rig.connection.takeLost();
    expect([unconfirmed, unsent].map((list) => list.map(({ attrs }) => attrs.id))).toEqual([
      ['1', 'q'],
      ['2'],
    ]);
  });

  it('logs in step by step where one flight fails, and stays with WebSockets where they worked once', () => {
    const rig = established({ pipelining: true, transport: 'auto' });
    rig.lose();
    rig.take();
    const config = standardConfig.replace(' }, websocket', " }, bosh: '/http-bind', websocket");
    rig.connection.connectAnew(rig.discovery(config), 'test', rig.now);
    rig.openOnly();
    rig.advance(10_000);
    // The login in one flight was not answered, nor is the orderly one.
    expect(rig.take().filter((word) => !/closed|dropped/.test(word))).toEqual([
      'connecting',
      'logging in',
      'connecting',
    ]);
    rig.openOnly();
    rig.advance(20_000);
    expect(rig.take().at(-1)).toMatch(/^ended/);
  });

  it('can fail, and be tried again', () => {
    const rig = established();
    rig.lose();
    rig.connection.connectAnew(rig.discovery(), 'test', rig.now);
    rig.take();
    rig.connection.socketFailed(refused, rig.now);
    expect(rig.take()).toEqual(['failed']);
    rig.connection.connectAnew(rig.discovery(), 'test', rig.now);
    rig.open();
    expect(rig.take().at(-1)).toBe('established user2@meet.test/r');
  });
});

describe('a half-open socket', () => {
  it('is found 20 s after the last byte', () => {
    const rig = established();
    rig.blackhole();
    rig.advance(19_999);
    expect(rig.take()).toEqual([]);
    rig.advance(1);
    expect(rig.take()).toEqual(['dropped', 'interrupted']);
  });

  it('is found at once when the network changed, or the process was suspended', () => {
    const probed = established();
    probed.blackhole();
    probed.connection.probe(probed.now);
    probed.advance(5_000);
    expect(probed.take()).toEqual(['dropped', 'interrupted']);

    const waiting = established();
    waiting.lose();
    waiting.connection.probe(waiting.now);
    waiting.connection.resume();
    waiting.take();
    waiting.connection.probe(waiting.now);
    expect(waiting.take()).toEqual(['dropped', 'interrupted']);
    waiting.connection.resume();
    waiting.open();
    expect(waiting.take()).toEqual(['resumed']);

    const suspended = established();
    suspended.blackhole();
    suspended.now += 60_000;
    suspended.connection.tick(suspended.now);
    suspended.advance(5_000);
    expect(suspended.take()).toEqual(['dropped', 'interrupted']);
  });

  it('is none when the server answers', () => {
    const rig = established();
    rig.connection.probe(rig.now);
    rig.run();
    rig.advance(600_000);
    expect(rig.take()).toEqual([]);
  });
});
