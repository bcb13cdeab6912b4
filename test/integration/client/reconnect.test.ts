/** A conference whose connection is lost, over real sockets: resumed, and entered anew, with everything that hangs on it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conference, join, type JoinOptions, joinRoom, type LocalTrack } from '../../../src/index.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';

async function deployment(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function enter(
  way: typeof join,
  sandbox: Sandbox,
  nick: string,
  options: JoinOptions = {},
): Promise<Conference> {
  const conference = await way({ host: sandbox.url, room: 'standup', nick, ...options });
  onTestFinished(() => conference.leave());
  return conference;
}

/** Enters too, and is seen by those who are there. */
async function follow(
  first: Conference,
  way: typeof join,
  sandbox: Sandbox,
  nick: string,
  options: JoinOptions = {},
): Promise<Conference> {
  const [conference] = await Promise.all([
    enter(way, sandbox, nick, options),
    nextEvent(first, 'participantJoined'),
  ]);
  return conference;
}

/** Everything of these kinds that happens from now on, in words. */
function story(conference: Conference): string[] {
  const told: string[] = [];
  conference.on('participantJoined', ({ participant }) => told.push(`joined ${participant.displayName}`));
  conference.on('participantLeft', ({ participant }) => told.push(`left ${participant.displayName}`));
  conference.on('messageReceived', ({ message }) => told.push(`${message.displayName}: ${message.text}`));
  return told;
}

/** Sends sound until it is stopped. */
function speak(track: LocalTrack): void {
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    track.send({ data: new Uint8Array(80).fill(count).with(0, 0xf8), timestamp: count * 20 });
  }, 20);
  onTestFinished(() => clearInterval(timer));
}

describe('a connection that breaks', () => {
  it('is resumed: nobody notices, nothing is lost or said twice', async () => {
    const sandbox = await deployment();
    const alice = await enter(joinRoom, sandbox, 'Alice');
    const bob = await follow(alice, joinRoom, sandbox, 'Bob');
    const [ofAlice, ofBob] = [story(alice), story(bob)];
    const jid = bob.jid;
    const lost = nextEvent(bob, 'reconnecting');
    sandbox.faults.dropSocket(bob.endpointId);
    await alice.chat.send('one');
    await lost;
    expect(bob.state).toBe('reconnecting');
    expect(() => bob.chat.setSubject('x')).toThrow(expect.objectContaining({ code: 'not-connected' }));
    const two = bob.chat.send('two');
    const toAlice = bob.chat.send('for you', { to: alice.endpointId });
    bob.raiseHand();
    const raised = nextEvent(alice, 'handRaised');
    expect(await nextEvent(bob, 'reconnected')).toMatchObject({ resumed: true, endpointId: bob.endpointId });
    await Promise.all([two, toAlice, raised, alice.chat.send('three')]);
    await bob.chat.send('four');
    expect([bob.jid, bob.state]).toEqual([jid, 'joined']);
    expect(ofBob).toEqual(['Alice: one', 'Bob: two', 'Alice: three', 'Bob: four']);
    expect(ofAlice.toSorted()).toEqual(
      ['Alice: one', 'Bob: two', 'Bob: for you', 'Alice: three', 'Bob: four'].toSorted(),
    );
  });

  it('is made anew where it cannot be resumed: the same objects, and what is different is told', async () => {
    const sandbox = await deployment({ resumptionTime: 0 });
    const alice = await enter(joinRoom, sandbox, 'Alice');
    const bob = await follow(alice, joinRoom, sandbox, 'Bob', { properties: { role: 'scribe' } });
    const carol = await follow(alice, joinRoom, sandbox, 'Carol');
    bob.raiseHand();
    await nextEvent(alice, 'handRaised');
    const { chat, endpointId, participants } = bob;
    const one = nextEvent(bob, 'messageReceived');
    await Promise.all([alice.chat.send('one'), one]);
    const ofBob = story(bob);
    const all = bob.chat.messages({ history: true });
    const fresh = bob.chat.messages();
    const gone = nextEvent(alice, 'participantLeft');
    sandbox.faults.dropSocket(bob.endpointId);
    await gone;
    const changed = nextEvent(bob, 'participantChanged');
    await Promise.all([carol.leave(), alice.chat.send('two')]);
    alice.setNick('Alicia');
    const back = nextEvent(alice, 'participantJoined');
    expect(await nextEvent(bob, 'reconnected')).toEqual({
      resumed: false,
      endpointId,
      away: expect.any(Number),
    });
    expect((await back).participant).toMatchObject({
      id: endpointId,
      displayName: 'Bob',
      handRaisedAt: expect.any(Number),
      properties: { role: 'scribe' },
    });
    expect(await changed).toMatchObject({ changed: ['displayName'], previous: { displayName: 'Alice' } });
    await alice.chat.send('three');
    await bob.chat.send('four');
    expect(ofBob).toEqual(['left Carol', 'Alicia: two', 'Alicia: three', 'Bob: four']);
    // What was said while he was away is history.
    expect((await all.next()).value).toMatchObject({ text: 'two', isHistory: true });
    expect((await all.next()).value).toMatchObject({ text: 'three', isHistory: false });
    expect((await fresh.next()).value).toMatchObject({ text: 'three' });
    expect([bob.chat === chat, bob.participants === participants]).toEqual([true, true]);
  });

  it('keeps tracks and the bridge over a new login', async () => {
    const sandbox = await deployment({ resumptionTime: 0 });
    const alice = await enter(join, sandbox, 'Alice');
    const bob = await follow(alice, join, sandbox, 'Bob');
    speak(alice.addTrack({ kind: 'audio' }));
    const mine = bob.addTrack({ kind: 'audio' });
    speak(mine);
    const { track } = await nextEvent(bob, 'trackAdded');
    const heard = async (): Promise<unknown> => (await track.frames().next()).done;
    expect(await heard()).toBe(false);
    const { bridge } = bob;
    await bridge.opened();
    const told: string[] = [];
    bob.on('trackAdded', () => told.push('added'));
    bob.on('trackRemoved', () => told.push('removed'));
    for (let times = 0; times < 3; times += 1) {
      const back = nextEvent(bob, 'reconnected');
      const accepted = nextEvent(bob, 'sessionAccepted');
      sandbox.faults.dropSocket(bob.endpointId);
      expect((await back).resumed).toBe(false);
      await accepted;
      await bridge.opened();
      expect(await heard()).toBe(false);
    }
    expect([bob.localTracks, bob.bridge === bridge, told]).toEqual([[mine], true, []]);
    expect([...bob.tracks.values()]).toEqual([track]);
  });

  it('is made anew now, when somebody asks for that', async () => {
    const sandbox = await deployment();
    const alice = await enter(joinRoom, sandbox, 'Alice');
    const bob = await follow(alice, joinRoom, sandbox, 'Bob');
    const ofAlice = story(alice);
    const { jid } = bob;
    await bob.rejoin();
    expect(bob.jid).not.toBe(jid);
    await bob.chat.send('here');
    await alice.chat.send('there');
    expect(ofAlice).toEqual(['left Bob', 'joined Bob', 'Bob: here', 'Alice: there']);
    const steady = await follow(alice, joinRoom, sandbox, 'Carol', { reconnect: false });
    await expect(steady.rejoin()).rejects.toMatchObject({ code: 'reconnect-off' });
    await bob.leave();
    await expect(bob.rejoin()).rejects.toMatchObject({ code: 'not-joined' });
  });

  it('is left at any moment', async () => {
    const sandbox = await deployment();
    const bob = await enter(joinRoom, sandbox, 'Bob');
    const lost = nextEvent(bob, 'reconnecting');
    const unsent = bob.rejoin();
    await lost;
    const waiting = bob.chat.send('never');
    await bob.leave();
    expect(await bob.closed).toEqual({ reason: 'left' });
    await expect(waiting).rejects.toMatchObject({ code: 'conference-ended' });
    await expect(unsent).rejects.toMatchObject({ code: 'conference-ended' });
  });
});

describe('a token', () => {
  it('is asked for before each login', async () => {
    const sandbox = await deployment({ resumptionTime: 0, tokens: ['good-1', 'good-2'] });
    let asked = 0;
    const bob = await enter(joinRoom, sandbox, 'Bob', {
      token: async () => {
        asked += 1;
        return `good-${asked}`;
      },
    });
    const back = nextEvent(bob, 'reconnected');
    sandbox.faults.dropSocket(bob.endpointId);
    await back;
    expect(asked).toBe(2);
    // The next one is not accepted any more.
    sandbox.faults.dropSocket(bob.endpointId);
    expect(await bob.closed).toMatchObject({
      reason: 'connection-lost',
      error: { code: 'authentication-failed', kind: 'refused' },
    });
    expect(asked).toBe(4);
  });
});
