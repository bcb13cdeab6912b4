/** What the Go library's users know by name, and no other test shows from outside. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { join, joinRoom, joinSession, type SourceSet } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ bridge: 'both' });
});
afterAll(() => sandbox.close());

describe('Join', () => {
  it('waits for Jingle, as joinSession; the next session is nextSession, until its signal', async () => {
    const meeting = { host: sandbox.url, room: 'sessions' };
    const bob = await join({ ...meeting, nick: 'Bob' });
    const alice = await joinSession({ ...meeting, nick: 'Alice' });
    const { session } = alice;
    expect(session?.state).toBe('offered');
    expect(session?.colibriWs).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/colibri-ws\//);
    expect(session?.iceServers).toEqual(alice.session?.iceServers);
    await session?.connect();

    const impatient = new AbortController();
    const waiting = alice.nextSession({ signal: impatient.signal });
    impatient.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');

    const ended = nextEvent(alice, 'sessionEnded');
    const next = alice.nextSession();
    sandbox.faults.moveBridge('sessions', alice.endpointId);
    expect((await ended).end).toMatchObject({ by: 'focus', text: 'moving', nextOffer: 'at-once' });
    expect((await next).sid).not.toBe(session?.sid);
    expect(alice.session).toBe(await next);
    await Promise.all([alice.leave(), bob.leave()]);
  });

  it('without Jingle is joinRoom: the room alone, whatever the focus offers', async () => {
    const meeting = { host: sandbox.url, room: 'chats' };
    const [alice, bob] = await Promise.all(['Alice', 'Bob'].map((nick) => joinRoom({ ...meeting, nick })));
    if (!alice || !bob) throw new Error('nobody has joined');
    const raised = nextEvent(bob, 'handRaised');
    alice.raiseHand();
    expect((await raised).participant.id).toBe(alice.endpointId);
    const lowered = nextEvent(bob, 'handLowered');
    alice.lowerHand();
    await lowered;
    expect(alice.session).toBeUndefined();
    await alice.leave();
    await bob.leave();
  });
});

describe('Config', () => {
  it('is JoinOptions: where, as whom, how much is said, and whether certificates count', async () => {
    const said: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const alice = await joinRoom({
      host: sandbox.url,
      room: 'said',
      nick: 'Alice',
      debug: true,
      insecure: true,
    });
    const bob = await joinRoom({ host: sandbox.url, room: 'said', nick: 'Bob' });
    expect(bob.participants.get(alice.endpointId)?.displayName).toBe('Alice');
    await Promise.all([alice.leave(), bob.leave()]);
    write.mockRestore();
    expect(said.join('')).toMatch(/debug/);
    expect(said.join('')).toContain('said@conference.');
  });
});

describe('a session by hand', () => {
  it('announces sources and takes them back, tells of candidates, and ends', async () => {
    const meeting = { host: sandbox.url, room: 'hand' };
    const bob = await join({ ...meeting, nick: 'Bob' });
    const alice = await joinSession({ ...meeting, nick: 'Alice' });
    const { session } = alice;
    if (!session) throw new Error('there is no session');
    await session.connect();
    const name = `${alice.endpointId}-a0`;
    const sources: SourceSet = {
      sources: [{ ssrc: 4_100_000_001, mediaType: 'audio', name, msid: `${name} 1` }],
      groups: [],
    };
    await bob.bridge.opened();
    const added = nextEvent(bob, 'sourcesAdded');
    await session.addSources(sources);
    expect((await added).added.sources).toMatchObject([
      { name, owner: alice.endpointId, ssrc: 4_100_000_001 },
    ]);
    await expect(session.addSources(sources)).rejects.toMatchObject({ code: 'sources-refused' });
    const removed = nextEvent(bob, 'sourcesRemoved');
    await session.removeSources(sources);
    expect((await removed).removed.sources).toMatchObject([{ name }]);

    const transport = session.transport;
    if (!transport) throw new Error('the bridge has no transport');
    await session.trickle({ ...transport, candidates: [] });
    const ended = nextEvent(alice, 'sessionEnded');
    session.terminate({ condition: 'success', text: 'enough' });
    expect((await ended).end).toMatchObject({ by: 'us', reason: 'success', nextOffer: 'after-rejoin' });
    await expect(session.removeSources(sources)).rejects.toMatchObject({ code: 'session-ended' });
    await Promise.all([alice.leave(), bob.leave()]);
  });
});

describe('LowLevel', () => {
  it('sends XML and Jingle, with ids of ours, and shows the last Jingle stanza', async () => {
    const meeting = { host: sandbox.url, room: 'low' };
    const bob = await joinRoom({ ...meeting, nick: 'Bob' });
    const alice = await joinSession({ ...meeting, nick: 'Alice' });
    const { session, xmpp } = alice;
    if (!session) throw new Error('there is no session');
    expect(xmpp.lastJingleStanza).toContain(`sid="${session.sid}"`);
    expect(xmpp.lastJingleStanza).toContain('action="session-initiate"');

    const heard = nextEvent(bob, 'messageReceived');
    const id = xmpp.nextId();
    xmpp.send(
      `<message xmlns="jabber:client" id="${id}" type="groupchat" to="${alice.roomJid}"><body>by hand</body></message>`,
    );
    expect((await heard).message).toMatchObject({ id, text: 'by hand', from: alice.endpointId });
    expect(xmpp.nextId()).not.toBe(id);

    const { initiator, sid } = session;
    const sources = { sources: [], groups: [] };
    await xmpp.sendJingle({ action: 'session-info', sid, initiator, contents: [], sources });
    await expect(
      xmpp.sendJingle({ action: 'session-info', sid: 'no such', initiator, contents: [], sources }),
    ).rejects.toMatchObject({ info: { condition: 'bad-request' } });
    await Promise.all([alice.leave(), bob.leave()]);
  });
});
