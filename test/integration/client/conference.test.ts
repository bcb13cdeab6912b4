/** The public objects against the embedded deployment, over real sockets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join, joinRoom, joinSession } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';

let sandbox: Sandbox;
let rooms = 0;
beforeAll(async () => {
  sandbox = await createSandbox({
    rooms: { secret: { password: 'tea4two' } },
    externalServices: [
      { type: 'turn', host: 'turn.test', port: '3478', transport: 'tcp', username: 'u', password: 'p' },
    ],
  });
});
afterAll(() => sandbox.close());

const freshRoom = (): string => `room${++rooms}`;
const here = (room: string, nick: string): { host: string; room: string; nick: string } => ({
  host: sandbox.url,
  room,
  nick,
});

describe('a conference', () => {
  it('has two participants who see each other, talk, raise hands, rename and leave', async () => {
    const room = freshRoom();
    const alice = await join(here(room, 'Alice'));
    const seesBob = nextEvent(alice, 'participantJoined');
    const bob = await join(`${sandbox.url}/${room}`, { nick: 'Bob' });
    expect((await seesBob).participant).toMatchObject({
      id: bob.endpointId,
      displayName: 'Bob',
      role: 'participant',
    });
    expect([...bob.participants.values()]).toMatchObject([{ id: alice.endpointId, displayName: 'Alice' }]);

    const heard = bob.chat.messages().next();
    await alice.chat.send('hello <&> "Bob" 👋');
    expect((await heard).value).toMatchObject({
      text: 'hello <&> "Bob" 👋',
      from: alice.endpointId,
      displayName: 'Alice',
      isPrivate: false,
    });

    const whispered = alice.chat.messages().next();
    await bob.chat.send('psst', { to: alice.endpointId });
    expect((await whispered).value).toMatchObject({ text: 'psst', isPrivate: true, from: bob.endpointId });

    const raised = nextEvent(bob, 'handRaised');
    alice.raiseHand();
    expect((await raised).participant.handRaisedAt).toBeGreaterThan(0);
    const lowered = nextEvent(bob, 'handLowered');
    alice.lowerHand();
    expect((await lowered).participant.handRaisedAt).toBeUndefined();

    const renamed = nextEvent(bob, 'participantChanged');
    alice.setNick('Alicia');
    expect(await renamed).toMatchObject({
      participant: { displayName: 'Alicia' },
      previous: { displayName: 'Alice' },
      changed: ['displayName'],
    });

    const left = nextEvent(bob, 'participantLeft');
    await alice.leave();
    expect(await left).toMatchObject({
      participant: { displayName: 'Alicia' },
      departure: { reason: 'left' },
    });
    expect(await alice.closed).toEqual({ reason: 'left' });
    await bob.leave();
  });

  it('replays history to who comes later, marked as such', async () => {
    const room = freshRoom();
    await using alice = await join(here(room, 'Alice'));
    await alice.chat.send('before you came');
    await using bob = await join(here(room, 'Bob'));
    const first = await bob.chat.messages({ history: true }).next();
    expect(first.value).toMatchObject({ text: 'before you came', isHistory: true });
  });

  it('offers a media session when there are two, and again after an end', async () => {
    const room = freshRoom();
    await using alice = await joinRoom(here(room, 'Alice'));
    await using bob = await joinSession({ ...here(room, 'Bob'), sessionTimeout: 10_000 });
    const { session } = bob;
    expect(session?.sdp).toContain('m=audio');
    expect(session?.sdp).toContain('m=application');
    expect(session?.transport?.candidates[0]?.ip).toBe('127.0.0.1');
    expect(session?.colibriWs).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/colibri-ws\//);
    expect(session?.sctpPort).toBe(5000);
    expect(session?.iceServers).toEqual([
      { urls: 'turn:turn.test:3478?transport=tcp', username: 'u', credential: 'p' },
    ]);
    expect(session?.sources.map(({ owner }) => owner)).toEqual(['jvb', 'jvb']);
    expect(alice.session).toBeUndefined();
  });

  it('lets in with the password only', async () => {
    const refused = await join(here('secret', 'Eve')).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'password-required', kind: 'refused' });
    await expect(join({ ...here('secret', 'Eve'), password: 'no' })).rejects.toMatchObject({
      code: 'password-wrong',
    });
    await using alice = await join({ ...here('secret', 'Alice'), password: 'tea4two' });
    expect(alice.endpointId).toMatch(/^[0-9a-f]{8}$/);
  });

  it('tells who was kicked and why, and that the room is gone', async () => {
    const room = freshRoom();
    await using alice = await join(here(room, 'Alice'));
    const bob = await join(here(room, 'Bob'));
    const left = nextEvent(alice, 'participantLeft');
    sandbox.faults.kick(room, bob.endpointId, 'bye');
    expect(await bob.closed).toMatchObject({ reason: 'kicked', text: 'bye' });
    expect(await left).toMatchObject({ departure: { reason: 'kicked' } });
    sandbox.faults.destroyRoom(room, 'over');
    expect(await alice.closed).toMatchObject({ reason: 'destroyed', text: 'over' });
  });

  it('ends when the socket is lost, where nothing else is wanted', async () => {
    const alice = await join({ ...here(freshRoom(), 'Alice'), reconnect: false });
    sandbox.faults.dropSocket(alice.endpointId);
    expect(await alice.closed).toMatchObject({
      reason: 'connection-lost',
      error: { code: 'connection-lost' },
    });
    await expect(alice.chat.send('anybody?')).rejects.toMatchObject({ code: 'not-joined' });
  });

  it('can be given up with a signal, before and after it was joined', async () => {
    const gaveUp = new Error('enough');
    await expect(join({ ...here(freshRoom(), 'A'), signal: AbortSignal.abort(gaveUp) })).rejects.toBe(gaveUp);
    const early = new AbortController();
    const joining = join({ ...here(freshRoom(), 'A'), signal: early.signal });
    early.abort(gaveUp);
    await expect(joining).rejects.toBe(gaveUp);
    const late = new AbortController();
    const conference = await join({ ...here(freshRoom(), 'A'), signal: late.signal });
    late.abort(gaveUp);
    expect(await conference.closed).toEqual({ reason: 'left' });
  });

  it('waits for a session no longer than it is told', async () => {
    const alone = joinSession({ ...here(freshRoom(), 'A'), sessionTimeout: 50 });
    await expect(alone).rejects.toMatchObject({
      code: 'no-session',
      kind: 'timeout',
      message: expect.stringContaining('alone'),
    });
  });

  it('has a low-level door', async () => {
    const room = freshRoom();
    await using alice = await join(here(room, 'Alice'));
    const result = await alice.xmpp.request(
      `<iq xmlns="jabber:client" type="get" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>`,
    );
    expect(result.attrs.type).toBe('result');
    await expect(
      alice.xmpp.request(
        '<iq xmlns="jabber:client" type="get" to="meet.jitsi"><query xmlns="urn:example:nothing"/></iq>',
      ),
    ).rejects.toMatchObject({ code: 'service-unavailable' });
    expect(() => alice.xmpp.send('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>')).toThrow(
      'only iq, message and presence',
    );
  });

  it.each([
    ['throws', () => fail()],
    ['rejects', () => Promise.resolve().then(fail)],
  ])('reports a listener that %s, and goes on', async (_, listener) => {
    const room = freshRoom();
    await using alice = await join(here(room, 'Alice'));
    const warned = nextEvent(alice, 'warning');
    alice.on('messageReceived', listener);
    await alice.chat.send('hi');
    expect(await warned).toMatchObject({
      error: { code: 'listener-failed', message: expect.stringContaining('my bug') },
    });
  });
});

function fail(): never {
  throw new Error('my bug');
}
