/** The focus leaves and knows nothing any more; nobody comes anew. */
import { describe, it } from 'vitest';
import { join } from '../../../src/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';
import { Talk } from '../../support/talk.ts';

describe.concurrent('a focus that has no other session for us', { timeout: 240_000 }, () => {
  it('has one when we have left the room and come again, by ourselves, under the same tracks', async ({
    expect,
  }) => {
    await using sandbox = await createSandbox();
    await using talk = await Talk.begin({ host: sandbox.url, room: 'stranded' });
    await talk.isHeard();
    const { remoteTracks } = talk;
    const [alice, bob] = talk.people;
    if (!alice || !bob) throw new Error('somebody is missing');
    const away = nextEvent(alice, 'reconnecting');
    const back = nextEvent(alice, 'reconnected');
    const left = nextEvent(bob, 'participantLeft');
    sandbox.faults.strand('stranded', alice.endpointId);
    expect((await away).cause).toMatchObject({ code: 'session-missing' });
    expect(await back).toMatchObject({ resumed: false, endpointId: alice.endpointId });
    expect((await left).participant.id).toBe(alice.endpointId);
    await talk.isHeard();
    // For Bob Alice has left, and so has her track.
    const [bobs] = alice.tracks.values();
    expect(remoteTracks).toContain(bobs);
    expect(talk.tracks.every(({ isStopped }) => !isStopped)).toBe(true);
  });
});

describe.concurrent('a focus that restarts', { timeout: 240_000 }, () => {
  it.for(['iq', 'http'] as const)(
    'is asked for the conference again (%s), and the same tracks go on',
    async (conferenceRequest, { expect }) => {
      await using sandbox = await createSandbox({ conferenceRequest });
      await using talk = await Talk.begin({ host: sandbox.url, room: 'restart' });
      await talk.isHeard();
      const { remoteTracks } = talk;
      const left = talk.people.map((conference) => nextEvent(conference, 'focusChanged'));
      const offered = talk.people.map((conference) => nextEvent(conference, 'sessionOffered'));
      sandbox.faults.restartFocus();
      expect(await Promise.all(left)).toEqual([{ focus: undefined }, { focus: undefined }]);
      await Promise.all(offered);
      expect(talk.people.every(({ focus }) => focus !== undefined)).toBe(true);
      await talk.isHeard();
      expect(talk.remoteTracks).toEqual(remoteTracks);
      expect(talk.remoteTracks).toHaveLength(2);
      expect(talk.remoteTracks.every((track, index) => track === remoteTracks[index])).toBe(true);
    },
  );

  it('comes back to somebody who is alone, and offers a session to those who come then', async ({
    expect,
  }) => {
    await using sandbox = await createSandbox();
    const host = sandbox.url;
    await using alice = await join({ host, room: 'alone', nick: 'Alice' });
    sandbox.faults.restartFocus();
    while (alice.focus === undefined) await nextEvent(alice, 'focusChanged');
    const offered = nextEvent(alice, 'sessionOffered');
    await using bob = await join({ host, room: 'alone', nick: 'Bob' });
    expect((await offered).session).toBe(alice.session);
    expect(bob.session ?? (await nextEvent(bob, 'sessionOffered')).session).toBeDefined();
  });
});
