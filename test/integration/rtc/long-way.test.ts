/** A way with a round trip of a second and a half, as over a satellite or a full buffer: everything works, only later. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IceServer } from '../../../src/jitsi/ice-servers.ts';
import type { DatagramPath, OneWay } from '../../../src/rtc/peer-transport.ts';
import { startTurnServer, type TurnServer } from '../../support/turn-server.ts';
import { waitFor } from '../../support/wait.ts';
import { connectEnds, End, werift } from './ends.ts';
import { UdpPath } from './udp-path.ts';

/** ms, each way */
const delay = 750;
const late: OneWay = { isClear: false, pass: (_bytes, deliver) => void setTimeout(deliver, delay) };
const farAway: DatagramPath = { incoming: late, outgoing: late };

let server: TurnServer;
beforeAll(async () => {
  server = await startTurnServer();
});
afterAll(() => server.stop());

describe('over a round trip of 1.5 s', () => {
  it('a participant connects, and the data channel works', async () => {
    await using bridge = await End.create({ end: 'bridge', path: farAway });
    await using participant = await End.create({ end: 'participant' }, werift);
    await bothWays(participant, bridge);
  });

  it('a participant connects through a relay', async () => {
    const iceServers = [
      { urls: `turn:127.0.0.1:${server.port}`, username: server.username, credential: server.credential },
    ];
    await using bridge = await End.create({ end: 'bridge', path: farAway });
    await using participant = await End.create({
      end: 'participant',
      iceServers,
      iceTransportPolicy: 'relay',
    });
    await waitFor(() => participant.candidates.length > 0, { what: 'relay', explain: () => server.log() });
    await bothWays(participant, bridge);
  });

  it('a relay and our own address are found', async () => {
    await using turn = await wayToServer();
    await using stun = await wayToServer();
    const servers: IceServer[] = [
      {
        urls: `turn:127.0.0.1:${turn.front.port}`,
        username: server.username,
        credential: server.credential,
      },
      { urls: `stun:localhost:${stun.front.port}` },
    ];
    await using participant = await End.create({ end: 'participant', iceServers: servers });
    const types = (): string[] => participant.candidates.map(({ type }) => type).sort();
    await waitFor(() => types().includes('relay'), { what: 'relay', explain: () => server.log() });
    // The server sees the far end of the path, which is not our own address.
    await waitFor(() => types().includes('srflx'), { what: 'our own address' });
    expect(types()).toEqual(['relay', 'srflx']);
  });
});

async function wayToServer(): Promise<UdpPath> {
  const path = await UdpPath.toPort(server.port);
  path.delay = delay;
  return path;
}

async function bothWays(participant: End, bridge: End): Promise<void> {
  const ours = participant.open();
  connectEnds(participant, bridge);
  await Promise.all([participant.reaches('connected'), bridge.reaches('connected')]);
  await ours.isOpen();
  const theirs = await bridge.channel();
  ours.channel.send('hello');
  theirs.channel.send('welcome');
  await Promise.all([theirs.has(1), ours.has(1)]);
  for (const { states } of [participant, bridge]) expect(states).toEqual(['connecting', 'connected']);
}
