/** Datagrams of nonsense, from strangers and from where the other side is. Nothing may be thrown: vitest fails on what nobody handles. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { check, nonsense, Stranger } from '../../support/stranger.ts';
import { waitFor } from '../../support/wait.ts';
import { answerOf, connectEnds, End } from './ends.ts';
import { UdpPath } from './udp-path.ts';

describe('a bridge that gets junk from strangers', () => {
  it('connects as if nothing was, and goes on so', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant' });
    await using stranger = await Stranger.at(bridge.local.candidates[0]?.port ?? 0);
    await stranger.sendAll();
    const ours = participant.open();
    connectEnds(participant, bridge);
    // All the way through ICE, DTLS and SCTP.
    while (ours.opened === 0) {
      await stranger.sendAll();
      await pause(1);
    }
    await stranger.sendAll();
    const theirs = await bridge.channel();
    ours.channel.send('hello');
    await theirs.has(1);
    expect(bridge.states).toEqual(['connecting', 'connected']);
    expect(bridge.packets.packetsReceived).toBeGreaterThan(100);
  });

  it('answers no check of somebody who does not know its password', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using stranger = await Stranger.at(bridge.local.candidates[0]?.port ?? 0);
    for (const password of ['guessed', undefined])
      stranger.send(check(`${bridge.local.ufrag}:abcd`, password));
    stranger.send(check('abcd:efgh', bridge.local.pwd));
    stranger.send(check(`${bridge.local.ufrag}:abcd`, bridge.local.pwd));
    await waitFor(() => stranger.answers.length > 0, { what: 'answer to the one check that is right' });
    await pause(100);
    expect(stranger.answers).toHaveLength(1);
    expect(bridge.packets.packetsReceived).toBe(4);
  });
});

describe('junk from where the other side is', () => {
  it('disturbs a connection as little as loss does', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' });
    const ours = participant.open();
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await ours.isOpen();
    const theirs = await bridge.channel();
    for (const datagram of nonsense) {
      path.toBridge(datagram);
      path.toParticipant(datagram);
    }
    ours.channel.send('hello');
    theirs.channel.send('welcome');
    await Promise.all([theirs.has(1), ours.has(1)]);
    expect(participant.states).toEqual(['connecting', 'connected']);
  });

  it('may keep a handshake from its end, and no more', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' });
    path.loses = ([first = 0]) => {
      if (first <= 3) return false;
      for (const datagram of nonsense) {
        path.toBridge(datagram);
        path.toParticipant(datagram);
      }
      return false;
    };
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    for (const { packets: transport } of [participant, bridge]) {
      // How it ends depends on what the system drops of the bursts.
      await waitFor(() => transport.packetsReceived > 300 || transport.state === 'failed', {
        what: 'a lot of junk',
      });
    }
  });

  it('loses at most some time when datagrams come twice, or late', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' });
    const late: (() => void)[] = [];
    path.loses = (datagram, to) => {
      const again = (): void => (to === 'bridge' ? path.toBridge(datagram) : path.toParticipant(datagram));
      again();
      late.push(again);
      return false;
    };
    const ours = participant.open();
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await ours.isOpen();
    const theirs = await bridge.channel();
    for (const again of late.splice(0)) again();
    ours.channel.send('once');
    theirs.channel.send('only');
    await Promise.all([theirs.has(1), ours.has(1)]);
    expect([theirs.texts, ours.texts]).toEqual([['once'], ['only']]);
  });
});
