/** Through a real TURN server, and through nothing else. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import type { IceServer } from '../../../src/jitsi/ice-servers.ts';
import { loadEngine } from '../../../src/rtc/engines.ts';
import type { PeerTransportEngine, PeerTransportOptions } from '../../../src/rtc/peer-transport.ts';
import { Relay } from '../../../src/rtc/werift/ice/relay.ts';
import { startTurnServer, type TurnServer } from '../../support/turn-server.ts';
import { waitFor } from '../../support/wait.ts';
import { answerOf, connectEnds, End } from './ends.ts';

let server: TurnServer;
beforeAll(async () => {
  server = await startTurnServer();
});
afterAll(() => server.stop());

const kinds = {
  udp: (): string => `turn:127.0.0.1:${server.port}`,
  tcp: (): string => `turn:localhost:${server.port}?transport=tcp`,
  tls: (): string => `turns:127.0.0.1:${server.tlsPort}?transport=tcp`,
};

function turn(kind: keyof typeof kinds): IceServer {
  return { urls: kinds[kind](), username: server.username, credential: server.credential };
}

describe('a participant behind a relay', () => {
  it.each(['udp', 'tcp', 'tls'] as const)('connects over %s', async (kind) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await relayed({
      iceServers: [turn(kind)],
      tls: { insecure: false, ca: server.certificatePem },
    });
    expect(participant.local.candidates).toEqual([]);
    await waitFor(() => participant.candidates.length > 0, { what: 'relay', explain: () => server.log() });
    expect(participant.candidates).toMatchObject([
      { type: 'relay', ip: '127.0.0.1', relatedAddress: '127.0.0.1' },
    ]);
    expect(participant.local.candidates).toEqual(participant.candidates);
    expect(participant.transport.selectedCandidatePair).toBeUndefined();

    const ours = participant.open();
    connectEnds(participant, bridge);
    await ours.isOpen();
    const theirs = await bridge.channel();
    const text = 'x'.repeat(100_000);
    ours.channel.send(text);
    theirs.channel.send(text);
    await Promise.all([theirs.has(1), ours.has(1)]);
    expect([theirs.texts, ours.texts]).toEqual([[text], [text]]);
    const [relay] = participant.candidates;
    const [host] = bridge.local.candidates;
    expect(participant.transport.selectedCandidatePair).toEqual({
      local: { type: 'relay', protocol: 'udp', ip: '127.0.0.1', port: relay?.port, relayProtocol: kind },
      remote: { type: 'host', protocol: 'udp', ip: '127.0.0.1', port: host?.port },
    });
    // The other side has never seen another address of ours.
    expect(bridge.transport.selectedCandidatePair?.remote).toMatchObject({ port: relay?.port });
  });

  it.each(['udp', 'tcp', 'tls'] as const)('connects over %s and IPv6', async (kind) => {
    const dual = await startTurnServer('listening-ip=::1');
    const { port, tlsPort, username, credential, certificatePem } = dual;
    const scheme = kind === 'tls' ? `turns:[::1]:${tlsPort}` : `turn:[::1]:${port}`;
    const urls = kind === 'udp' ? scheme : `${scheme}?transport=tcp`;
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await relayed({
      iceServers: [{ urls, username, credential }],
      tls: { insecure: false, ca: certificatePem },
    });
    connectEnds(participant, bridge);
    await participant.reaches('connected');
    const [relay] = participant.candidates;
    expect(relay).toMatchObject({ type: 'relay', ip: '127.0.0.1', relatedAddress: '::1' });
    expect(participant.transport.selectedCandidatePair?.local).toMatchObject({
      port: relay?.port,
      relayProtocol: kind,
    });
    await participant.transport.close();
    await dual.stop();
  });

  it('takes any certificate of a server where it is told to', async () => {
    await using participant = await relayed({ iceServers: [turn('tls')], tls: { insecure: true } });
    await waitFor(() => participant.candidates.length > 0, { what: 'relay', explain: () => server.log() });
  });

  it('is not made where there is no server to ask', async () => {
    await expect(relayed({ iceServers: [{ urls: 'stun:127.0.0.1' }] })).rejects.toMatchObject({
      code: 'no-relay',
      message: expect.stringContaining('names no TURN server'),
    });
  });

  it('says why it has none', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    const wrong = { ...turn('udp'), credential: 'not-the-secret' };
    await using participant = await relayed({ iceServers: [wrong, turn('tls')] });
    connectEnds(participant, bridge);
    await participant.reaches('failed');
    const [words = ''] = participant.reasons;
    expect(words).toContain('only relays may be used, and no TURN server has given us one');
    expect(words).toMatch(/turn:127\.0\.0\.1:\d+ over udp: .*401/);
    expect(words).toMatch(/over tls: .*self.signed certificate/);
    expect(words).not.toContain('not-the-secret');
  });

  it('connects when the relay is found later', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await relayed({ iceServers: [turn('udp')] });
    participant.transport.connect(bridge.local);
    bridge.transport.connect(answerOf(participant));
    await participant.reaches('connected');
  });

  it('gives its allocation back', async () => {
    const fresh = await startTurnServer();
    const { port, username, credential } = fresh;
    const iceServers = [{ urls: `turn:127.0.0.1:${port}`, username, credential }];
    const participant = await relayed({ iceServers });
    await waitFor(() => participant.candidates.length > 0, { what: 'relay', explain: () => fresh.log() });
    await participant.transport.close();
    await waitFor(() => fresh.log().includes('delete: realm='), {
      what: 'end of the allocation',
      explain: () => fresh.log(),
    });
    await fresh.stop();
  });

  it('can be closed while it is being asked for', async () => {
    for (const kind of ['udp', 'tcp', 'tls'] as const) {
      const participant = await relayed({ iceServers: [turn(kind)] });
      await participant.transport.close();
      expect(participant.candidates).toEqual([]);
    }
  });
});

describe('what no server helps with', () => {
  it.each<[string, () => IceServer]>([
    ['a wrong password', () => ({ ...turn('udp'), credential: 'wrong' })],
    ['a certificate that nobody has signed', () => turn('tls')],
    ['a port where nobody listens', () => ({ ...turn('tcp'), urls: 'turn:127.0.0.1:1?transport=tcp' })],
    ['a name that nobody has', () => ({ ...turn('udp'), urls: 'turn:turn.invalid' })],
    ['something else than a server', () => ({ urls: 'http://127.0.0.1' })],
    ['a server without a user', () => ({ urls: kinds.udp() })],
  ])('%s', async (_, iceServer) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant', iceServers: [iceServer()] });
    connectEnds(participant, bridge);
    await participant.reaches('connected');
    expect(participant.candidates).toEqual([]);
  });
});

describe('a STUN server', () => {
  it('finds nothing where there is no NAT', async () => {
    const iceServers = [{ urls: `stun:127.0.0.1:${server.port}` }];
    await using participant = await End.create({ end: 'participant', iceServers });
    const { packetsReceived } = participant.packets;
    await waitFor(() => participant.packets.packetsReceived > packetsReceived, { what: 'its answer' });
    expect(participant.candidates).toEqual([]);
  });
});

describe('a participant on node-datachannel', () => {
  it('tells of its relay', async () => {
    const engine = await loadEngine('node-datachannel', { media: false });
    await using bridge = await End.create({ end: 'bridge' });
    const iceServers = [turn('udp'), turn('tcp'), { urls: `stun:127.0.0.1:${server.port}` }];
    await using participant = await End.create({ end: 'participant', iceServers }, engine);
    connectEnds(participant, bridge);
    await participant.reaches('connected');
    const relay = (): boolean => participant.candidates.some(({ type }) => type === 'relay');
    await waitFor(relay, { what: 'relay', explain: () => server.log() });
  });

  it('is not made where it would have to keep to relays', async () => {
    const engine = await loadEngine('node-datachannel', { media: false });
    await expect(relayed({ iceServers: [turn('udp')] }, engine)).rejects.toMatchObject({
      code: 'engine-unfit',
      message: expect.stringContaining('werift can'),
    });
    await using participant = await relayed(
      { iceServers: [turn('udp')] },
      await loadEngine('auto', { media: false }),
    );
    await waitFor(() => participant.candidates.length > 0, { what: 'relay', explain: () => server.log() });
  });

  it('says by which addresses it is connected', async () => {
    const engine = await loadEngine('node-datachannel', { media: false });
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant' }, engine);
    connectEnds(participant, bridge);
    await participant.reaches('connected');
    const { selectedCandidatePair: ours } = participant.transport;
    expect(ours).toMatchObject({
      local: { type: 'host', ip: '127.0.0.1', protocol: 'udp' },
      remote: { type: 'host', ip: '127.0.0.1', port: bridge.local.candidates[0]?.port },
    });
    await bridge.reaches('connected');
    expect(bridge.transport.selectedCandidatePair?.remote.port).toBe(ours?.local.port);
  });
});

describe('an allocation', () => {
  it('keeps its channel, and the permission that goes with it, for an hour of virtual time', async () => {
    const own = await startTurnServer();
    const echo = createSocket('udp4').bind(0, '127.0.0.1');
    await once(echo, 'listening');
    echo.on('message', (data, { port, address }) => echo.send(data, port, address));
    const peer: [string, number] = ['127.0.0.1', echo.address().port];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    try {
      const heard: string[] = [];
      const relay = await Relay.allocate(
        { kind: 'turn', transport: 'udp', host: '127.0.0.1', ...own },
        {
          accepts: (data) => {
            heard.push(data.toString());
            return false;
          },
          tls: undefined,
          signal: new AbortController().signal,
          logger: silentLogger,
        },
      );
      const count = (pattern: RegExp): number => own.log().match(pattern)?.length ?? 0;
      await relay.protocol.sendData(Buffer.from('one'), peer);
      await expect.poll(() => heard).toEqual(['one']);
      const binds = /CHANNEL_BIND processed, success/g;
      const refreshes = /REFRESH processed, success/g;
      expect(count(binds)).toBe(1);
      const pending = (): number => Object.keys(relay.protocol.turn.transactions).length;
      // A permission lasts five minutes (RFC 8656, 9), a channel ten (12), an allocation what was granted: ten.
      for (let minutes = 0.5; minutes <= 60; minutes += 0.5) {
        vi.advanceTimersByTime(30_000);
        await expect.poll(pending, { timeout: 60_000 }).toBe(0);
        if (minutes % 5 === 0)
          await expect.poll(() => count(binds), { timeout: 60_000 }).toBeGreaterThan(minutes / 5);
        if (minutes % 10 === 0)
          await expect.poll(() => count(refreshes), { timeout: 60_000 }).toBeGreaterThanOrEqual(minutes / 10);
      }
      await relay.protocol.sendData(Buffer.from('two'), peer);
      await expect.poll(() => heard).toEqual(['one', 'two']);
      await relay.release();
    } finally {
      vi.useRealTimers();
      echo.close();
      await own.stop();
    }
  });

  it('outlives its time, and the nonce that it was made with', async () => {
    const short = await startTurnServer('max-allocate-lifetime=4', 'stale-nonce=2');
    const { port, username, credential } = short;
    const iceServers = [{ urls: `turn:127.0.0.1:${port}`, username, credential }];
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await relayed({ iceServers });
    const ours = participant.open();
    connectEnds(participant, bridge);
    await ours.isOpen();
    const theirs = await bridge.channel();
    const refreshes = (): number => short.log().match(/refreshed, realm/g)?.length ?? 0;
    await waitFor(() => refreshes() >= 4, {
      what: 'four refreshes',
      timeout: 120_000,
      explain: () => short.log(),
    });
    ours.channel.send('still here');
    await theirs.has(1);
    expect(participant.states).toEqual(['connecting', 'connected']);
    await participant.transport.close();
    await short.stop();
  });
});

/** @param options besides those that all have */
function relayed(options: Partial<PeerTransportOptions>, engine?: PeerTransportEngine): Promise<End> {
  return End.create({ end: 'participant', iceTransportPolicy: 'relay', ...options }, engine);
}
