/** What happens to media sessions in the field, and that the same tracks go on after each; how long that took is printed. */
import { describe, it } from 'vitest';
import { type Conference, join } from '../../../src/index.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';
import { Talk } from '../../support/talk.ts';
import { waitFor } from '../../support/wait.ts';

interface Trouble {
  what: string;
  options?: SandboxOptions;
  /** Resolves when the worst is over. */
  happens(sandbox: Sandbox, talk: Talk, people: readonly [Conference, Conference]): Promise<unknown> | void;
}

const troubles: readonly Trouble[] = [
  {
    what: 'the session is moved three times in a row',
    async happens({ faults }, { people }) {
      for (let count = 0; count < 3; count += 1) {
        const offered = people.map((conference) => nextEvent(conference, 'sessionOffered'));
        faults.moveBridge('trouble');
        await Promise.all(offered);
      }
    },
  },
  {
    what: 'all bridges restart',
    happens({ faults }, { people }) {
      const offered = people.map((conference) => nextEvent(conference, 'sessionOffered'));
      faults.restartBridge({ absence: 1_000 });
      return Promise.all(offered);
    },
  },
  {
    what: 'there is no bridge for a while',
    async happens({ faults }, { people }) {
      const ended = people.map((conference) => nextEvent(conference, 'sessionEnded'));
      faults.bridgeAvailable(false);
      await Promise.all(ended);
      faults.bridgeAvailable(true);
    },
  },
  {
    what: 'the bridge forgets an endpoint, and refuses its channel',
    happens({ faults }, _, [alice]) {
      const offered = nextEvent(alice, 'sessionOffered');
      faults.expireEndpoint(alice.endpointId);
      return offered;
    },
  },
  {
    what: 'the XMPP server restarts, and the bridge comes back to it late',
    async happens({ faults }, { people }) {
      const back = people.map((conference) => nextEvent(conference, 'reconnected'));
      const offered = people.map((conference) => nextEvent(conference, 'sessionOffered'));
      faults.restartXmpp({ absence: 500, focusAbsence: 500, bridgeAbsence: 4_000 });
      await Promise.all([...back, ...offered]);
    },
  },
  {
    what: 'the way of media is lost, and the channel lives',
    happens({ faults }, _, [alice]) {
      const again = nextEvent(alice, 'transportConnected');
      faults.loseWay(alice.endpointId);
      return again;
    },
  },
  {
    what: 'the channel dies, and media lives',
    async happens({ faults }, _, [alice]) {
      const opened = new Promise((resolve) => alice.bridge.once('opened', resolve));
      faults.dropBridgeChannel(alice.endpointId);
      await opened;
    },
  },
];

describe.concurrent('media goes on when', { timeout: 240_000 }, () => {
  it.for(troubles)('$what', async ({ what, options = {}, happens }, { expect }) => {
    await using sandbox = await createSandbox(options);
    await using talk = await Talk.begin({ host: sandbox.url, room: 'trouble' });
    const [alice, bob] = talk.people;
    if (!alice || !bob) throw new Error('somebody is missing');
    await talk.isHeard();
    await Promise.all(talk.people.map(({ bridge }) => bridge.opened()));
    const { remoteTracks } = talk;
    const from = performance.now();
    await happens(sandbox, talk, [alice, bob]);
    await talk.isHeard();
    const took = Math.round(performance.now() - from);
    console.log(`${what}: heard at both ends after ${took} ms, nothing for ${talk.longestGap} ms at most`);
    expect(talk.remoteTracks).toHaveLength(2);
    expect(talk.remoteTracks.every((track, index) => track === remoteTracks[index])).toBe(true);
    await Promise.all(talk.people.map(({ bridge }) => bridge.opened()));
    expect(talk.people.map(({ session }) => session?.transportState)).toEqual(['connected', 'connected']);
  });

  it('somebody comes to one who has been alone for long', async ({ expect }) => {
    await using sandbox = await createSandbox({
      timeouts: { singleParticipant: 200, endpointInactivity: 500 },
    });
    const options = { host: sandbox.url, room: 'alone' };
    await using alice = await join({ ...options, nick: 'Alice' });
    const track = alice.addTrack({ kind: 'audio' });
    let timestamp = 0;
    const timer = setInterval(() => {
      timestamp += 20;
      track.send({ data: new Uint8Array(80), timestamp });
    }, 20);
    for (let stay = 0; stay < 3; stay += 1) {
      const offered = nextEvent(alice, 'sessionOffered');
      const from = performance.now();
      const bob = await join({ ...options, nick: 'Bob' });
      await offered;
      const heard = (): number =>
        [...bob.tracks.values()].reduce((sum, { statistics }) => sum + statistics.packets, 0);
      await waitFor(() => heard() > 0, { what: 'sound' });
      console.log(`alone, and heard ${Math.round(performance.now() - from)} ms after somebody came`);
      const ended = nextEvent(alice, 'sessionEnded');
      await bob.leave();
      expect((await ended).end).toMatchObject({ reason: 'expired', nextOffer: 'later' });
      await waitFor(() => sandbox.bridge.endpoints.size === 0, { what: 'a bridge that has forgotten all' });
      expect(alice.session).toBeUndefined();
      expect(alice.localTracks).toEqual([track]);
    }
    clearInterval(timer);
  });
});
