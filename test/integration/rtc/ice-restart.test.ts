/** ICE restarted in place on werift, over real sockets: another way under the same DTLS. */
import { describe, expect, it } from 'vitest';
import type { IceTransport } from '../../../src/jingle/model.ts';
import type { PeerTransportEngine } from '../../../src/rtc/peer-transport.ts';
import { waitFor } from '../../support/wait.ts';
import { connectEnds, End, threaded, werift } from './ends.ts';
import { UdpPath } from './udp-path.ts';

const inThread = await threaded();

/** The two, connected over a path, with a channel that works. */
async function connected(
  engine: PeerTransportEngine = werift,
): Promise<{ participant: End; bridge: End; path: UdpPath }> {
  const bridge = await End.create({ end: 'bridge' });
  const participant = await End.create({ end: 'participant' }, engine);
  const path = await UdpPath.to(bridge.local);
  participant.transport.connect(path.seenFrom(bridge.local));
  bridge.transport.connect({ ...participant.local, candidates: [] });
  participant.open();
  await Promise.all([participant.reaches('connected'), bridge.reaches('connected')]);
  await (await bridge.channel()).isOpen();
  return { participant, bridge, path };
}

async function side(end: End): Promise<IceTransport> {
  const local = await end.transport.prepareIceRestart();
  if (!local) throw new Error('there is nothing to restart');
  return local;
}

/** As focus and bridge do it; what the participant says has no candidates. */
async function restart(participant: End, bridge: End): Promise<[IceTransport, IceTransport]> {
  const offered = await side(bridge);
  const answer = await side(participant);
  participant.transport.restartIce(offered);
  bridge.transport.restartIce({ ...answer, candidates: [] });
  return [offered, answer];
}

async function talk(participant: End, bridge: End, text: string): Promise<void> {
  const ends = [participant, bridge];
  const counts = ends.map(({ channels }) => channels[0]?.texts.length ?? 0);
  for (const { channels } of ends) channels[0]?.channel.send(text);
  await waitFor(
    () => ends.every(({ channels }, index) => channels[0]?.texts.length === (counts[index] ?? 0) + 1),
    {
      what: `${text} at both ends`,
    },
  );
}

describe('an ICE restart in place', { timeout: 240_000 }, () => {
  it.each([
    { name: 'right here', engine: werift },
    { name: 'in the network thread', engine: inThread },
  ])('finds another way when the first is gone, and the channel goes on, $name', async ({ engine }) => {
    const { participant, bridge, path } = await connected(engine);
    await using _ = participant;
    await using __ = bridge;
    await using ___ = path;
    await talk(participant, bridge, 'before');
    const { ufrag } = participant.local;
    const before = participant.transport.selectedCandidatePair;
    path.isCut = true;
    const [offered, answer] = await restart(participant, bridge);
    expect(answer.ufrag).not.toBe(ufrag);
    await talk(participant, bridge, 'after');
    expect(participant.transport.selectedCandidatePair?.remote).toMatchObject({
      port: offered.candidates[0]?.port,
    });
    expect(participant.transport.selectedCandidatePair?.local.port).not.toBe(before?.local.port);
    expect(participant.local.ufrag).toBe(answer.ufrag);
    expect(participant.states).toEqual(['connecting', 'connected', 'connected']);
    expect(bridge.states.at(-1)).toBe('connected');
    expect(bridge.packets.packetsReceived).toBeGreaterThan(0);
  });

  it('takes nothing from a way that works until there is another', async () => {
    const { participant, bridge, path } = await connected();
    await using _ = participant;
    await using __ = bridge;
    await using ___ = path;
    // A restart that the other side never answers.
    const lonely = await side(participant);
    await talk(participant, bridge, 'meanwhile');
    expect(participant.local.ufrag).not.toBe(lonely.ufrag);
    for (const [index, text] of ['one', 'two', 'three'].entries()) {
      await restart(participant, bridge);
      await talk(participant, bridge, text);
      // Another restart would put an end to a way that is not found yet.
      await waitFor(() => participant.states.length === 3 + index, { what: `the way of ${text}` });
    }
    path.isCut = true;
    await talk(participant, bridge, 'without the first');
    expect(bridge.channels).toHaveLength(1);
  });

  it('of a connection that was never there is none', async () => {
    await using participant = await End.create({ end: 'participant' });
    await using bridge = await End.create({ end: 'bridge' });
    expect(participant.transport.canRestartIce).toBe(false);
    expect(await participant.transport.prepareIceRestart()).toBeUndefined();
    participant.transport.restartIce(bridge.local);
    connectEnds(participant, bridge);
    await participant.reaches('connected');
    expect(participant.transport.canRestartIce).toBe(true);
    await participant.transport.close();
    expect(participant.transport.canRestartIce).toBe(false);
    expect(await participant.transport.prepareIceRestart()).toBeUndefined();
  });
});
