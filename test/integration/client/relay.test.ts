/** A conference by way of a real TURN server and no other way, over each of its transports. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BridgeEvents, join } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import type { ExternalService } from '../../../src/xmpp/extdisco.ts';
import { nextEvent } from '../../support/next-event.ts';
import { startTurnServer, type TurnServer } from '../../support/turn-server.ts';
import { waitFor } from '../../support/wait.ts';

let server: TurnServer;
beforeAll(async () => {
  server = await startTurnServer();
});
afterAll(() => server.stop());

function service(kind: 'udp' | 'tcp' | 'tls'): ExternalService {
  const { port, tlsPort, username, credential: password } = server;
  const login = { host: '127.0.0.1', username, password };
  if (kind === 'tls') return { ...login, type: 'turns', port: String(tlsPort), transport: 'tcp' };
  return { ...login, type: 'turn', port: String(port), transport: kind };
}

async function withTurn(...kinds: ('udp' | 'tcp' | 'tls')[]): Promise<Sandbox> {
  return createSandbox({ bridge: 'sctp', externalServices: kinds.map(service) });
}

describe('a participant that keeps to relays', () => {
  it.each(['udp', 'tcp', 'tls'] as const)('sends and receives over %s', async (kind) => {
    await using sandbox = await withTurn(kind);
    const shared = { host: sandbox.url, room: 'relayed' };
    const first = await join({
      ...shared,
      nick: 'relayed',
      iceTransportPolicy: 'relay',
      ca: server.certificatePem,
    });
    const connected = nextEvent(first, 'transportConnected');
    const second = await join({ ...shared, nick: 'direct' });
    const { candidatePair, session } = await connected;
    expect(candidatePair).toMatchObject({
      local: { type: 'relay', protocol: 'udp', ip: '127.0.0.1', relayProtocol: kind },
      remote: { type: 'host', protocol: 'udp' },
    });
    expect(session.selectedCandidatePair).toEqual(candidatePair);
    await Promise.all([first.bridge.opened(), second.bridge.opened()]);
    expect(second.session?.selectedCandidatePair?.local.type).toBe('host');

    const heard = new Promise<BridgeEvents['messageReceived']>((resolve) =>
      second.bridge.once('messageReceived', resolve),
    );
    first.bridge.sendText('', 'by the relay');
    expect((await heard).message).toMatchObject({ msgPayload: { text: 'by the relay' } });

    const track = first.addTrack({ kind: 'audio', codec: 'opus' });
    track.unmute();
    const timer = setInterval(
      () => track.send({ data: Uint8Array.of(0xf8, 1, 2), timestamp: Date.now() }),
      20,
    );
    const remote = await waitFor(() => [...second.tracks.values()].find(({ kind: of }) => of === 'audio'), {
      what: 'the track',
    });
    await waitFor(() => remote.statistics.packets > 5, { what: 'packets through the relay' });
    clearInterval(timer);
    await Promise.all([first.leave(), second.leave()]);
  });

  it('stays in the room without media where the deployment has no relay, and says so', async () => {
    await using sandbox = await createSandbox();
    const shared = { host: sandbox.url, room: 'relayed' };
    const first = await join({ ...shared, iceTransportPolicy: 'relay' });
    const warned = nextEvent(first, 'warning');
    const second = await join(shared);
    expect((await warned).error).toMatchObject({
      code: 'no-relay',
      message: expect.stringContaining('names no TURN server'),
    });
    expect(first.participants.size).toBe(1);
    await Promise.all([first.leave(), second.leave()]);
  });
});
