/** A joined conference that has lost its connection: how it tries, and what ends it. In virtual time. */
import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/base/errors.ts';
import { MachineHarness, standardConfig } from '../../support/machine-harness.ts';
import { forever, Reconnecting } from '../../support/reconnecting-machine.ts';

const refused = new ConnectionError('refused', { code: 'connection-refused', retryable: true });

describe('trying', () => {
  it('goes on, later each time, until the time that is allowed is over', () => {
    const rig = new Reconnecting({ reconnect: { maxTime: 600_000 } });
    rig.enterRoom();
    rig.lose();
    const begun = rig.now;
    while (!rig.ended) {
      const [sockets, requests] = [rig.sockets.length, rig.requests.length];
      rig.advance(50);
      if (rig.requests.slice(requests).some(({ purpose }) => purpose === 'config'))
        rig.input({ type: 'http-failed', purpose: 'config', error: refused });
      if (rig.sockets.length > sockets) rig.input({ type: 'socket-failed', error: refused });
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

  it('leaves a stream that could be resumed where the deployment has moved', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.lose();
    rig.reopenOnly();
    rig.input({ type: 'socket-failed', error: refused });
    rig.discoverAgain(502, 'Bad Gateway');
    expect(rig.sockets.at(-1)).toContain('wss://meet.test/xmpp-websocket?room=standup&previd=token-1');
    rig.input({ type: 'socket-failed', error: refused });
    rig.reopenOnly();
    rig.input({ type: 'socket-failed', error: refused });
    rig.discoverAgain(200, standardConfig.replaceAll('meet.test', 'new.test'));
    expect(rig.payloads('reconnecting').at(-1)?.cause.code).toBe('deployment-moved');
    rig.reopen();
    expect(rig.sockets.at(-1)).toBe('wss://new.test/xmpp-websocket?room=standup');
    rig.loggedIn();
    expect([rig.machine.state.name, rig.machine.room?.jid]).toEqual([
      'requesting',
      'standup@conference.new.test',
    ]);
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
    rig.input({ type: 'http-response', purpose: 'config', status: 200, body: standardConfig });
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

describe('a try that is broken off', () => {
  it('does not resume a stream that has not brought us into the room', () => {
    for (const reached of ['requesting', 'entering'] as const) {
      const rig = new Reconnecting();
      rig.enterRoom();
      if (reached === 'entering') rig.expire();
      else rig.expire(() => {});
      expect(rig.machine.state.name).toBe(reached);
      rig.lose();
      rig.reopen();
      expect(rig.sockets.at(-1)).not.toContain('previd');
      rig.loggedIn();
      rig.focusSays();
      rig.arrive();
      expect(rig.payloads('reconnected')).toMatchObject([{ resumed: false }]);
    }
  });

  it('is over when we leave, whatever becomes of the connection', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.expire();
    const before = rig.payloads('reconnecting').length;
    rig.input({ type: 'leave' });
    rig.lose();
    expect(rig.ended).toEqual({ reason: 'left' });
    expect(rig.payloads('reconnecting').length).toBe(before);
    rig.advance(600_000);
    expect(rig.machine.nextTimeout()).toBeUndefined();
  });

  it('is over when the time is, in order', () => {
    const rig = new Reconnecting({ reconnect: { maxTime: 10_000 } });
    rig.enterRoom();
    rig.lose();
    rig.reopen();
    rig.advance(15_000);
    expect(rig.ended).toMatchObject({ reason: 'connection-lost', error: { code: 'reconnect-gave-up' } });
  });

  it('does not begin again after the end, when a token comes to nothing late', () => {
    const failed = new ConnectionError('no token', { code: 'token-failed', retryable: true });
    const rig = new Reconnecting({ hasTokenSource: true });
    rig.input({ type: 'start' });
    rig.input({ type: 'token', token: 'first' });
    rig.input({ type: 'http-response', purpose: 'config', status: 200, body: standardConfig });
    rig.input({ type: 'socket-opened' });
    rig.loggedIn();
    rig.focusSays();
    rig.arrive();
    rig.lose();
    rig.advance(2_000);
    // None comes in time; a second one is asked for.
    rig.advance(30_000);
    expect(rig.payloads('reconnecting').at(-1)?.cause).toMatchObject({
      code: 'token-failed',
      kind: 'timeout',
    });
    rig.advance(10_000);
    expect(rig.tokensAsked).toBe(3);
    rig.input({ type: 'leave' });
    rig.advance(5_000);
    rig.input({ type: 'token-failed', error: failed });
    rig.input({ type: 'token', token: 'late' });
    expect([rig.ended, rig.machine.state.name]).toEqual([{ reason: 'left' }, 'ended']);
    expect(rig.machine.nextTimeout()).toBeUndefined();
  });

  it('goes on though config.js is somebody else’s page', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.lose();
    rig.reopenOnly();
    rig.input({ type: 'socket-failed', error: refused });
    rig.discoverAgain(200, '<!doctype html><title>Log in to this network</title>');
    expect(rig.sockets.at(-1)).toContain('previd=token-1');
  });

  it('comes in time when the clock is set back', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.lose();
    rig.now -= 3_600_000;
    rig.input({ type: 'tick' });
    expect(rig.sockets.length).toBe(2);
  });
});
