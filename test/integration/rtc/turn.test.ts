/** Through a real TURN server, and through nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IceServer } from '../../../src/jitsi/ice-servers.ts';
import { loadEngine } from '../../../src/rtc/engines.ts';
import { createWeriftEngine } from '../../../src/rtc/werift/engine.ts';
import { startTurnServer, type TurnServer } from '../../support/turn-server.ts';
import { waitFor } from '../../support/wait.ts';
import { answerOf, connectEnds, End } from './ends.ts';

let server: TurnServer;
beforeAll(async () => {
  server = await startTurnServer();
});
afterAll(() => server.stop());

const relayOnly = createWeriftEngine({ iceTransportPolicy: 'relay' });

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
    using _ = kind === 'tls' ? trustingAll() : undefined;
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant', iceServers: [turn(kind)] }, relayOnly);
    expect(participant.local.candidates).toEqual([]);
    await waitFor(() => participant.candidates.length > 0, { what: 'relay', explain: () => server.log() });
    expect(participant.candidates).toMatchObject([
      { type: 'relay', ip: '127.0.0.1', relatedAddress: '127.0.0.1' },
    ]);
    expect(participant.local.candidates).toEqual(participant.candidates);

    const ours = participant.open();
    connectEnds(participant, bridge);
    await ours.isOpen();
    const theirs = await bridge.channel();
    const text = 'x'.repeat(100_000);
    ours.channel.send(text);
    theirs.channel.send(text);
    await Promise.all([theirs.has(1), ours.has(1)]);
    expect([theirs.texts, ours.texts]).toEqual([[text], [text]]);
  });

  it('connects when the relay is found later', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant', iceServers: [turn('udp')] }, relayOnly);
    participant.transport.connect(bridge.local);
    bridge.transport.connect(answerOf(participant));
    await participant.reaches('connected');
  });

  it('gives its allocation back', async () => {
    const fresh = await startTurnServer();
    const { port, username, credential } = fresh;
    const iceServers = [{ urls: `turn:127.0.0.1:${port}`, username, credential }];
    const participant = await End.create({ end: 'participant', iceServers }, relayOnly);
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
      const participant = await End.create({ end: 'participant', iceServers: [turn(kind)] }, relayOnly);
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
    const { packetsReceived } = participant.transport;
    await waitFor(() => participant.transport.packetsReceived > packetsReceived, { what: 'its answer' });
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
});

/** The servers of tests sign for themselves. */
function trustingAll(): Disposable {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  const before = process.env[name];
  process.env[name] = '0';
  return {
    [Symbol.dispose]() {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    },
  };
}
