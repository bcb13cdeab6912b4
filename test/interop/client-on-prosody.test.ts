/** Our participants on a real Prosody, where the sandbox's focus has logged in with its own account. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import { join, type JoinOptions, joinRoom, joinSession, type WireEntry } from '../../src/index.ts';
import type { Bridge } from '../../src/sandbox/bridge/bridge.ts';
import { createMediaBridge } from '../../src/sandbox/bridge/media-bridge.ts';
import { connectLink, createFocus, type Focus } from '../../src/sandbox/focus/index.ts';
import { elements, type XmlElement } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { startFarProxy } from '../support/far-proxy.ts';
import { type Prosody, startProsody } from '../support/prosody.ts';
import { startStrictProxy } from '../support/strict-proxy.ts';
import { nextEvent } from '../support/next-event.ts';

const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
let prosody: Prosody;
let bridge: Bridge;
let focus: Focus;
/** Its full address: conference requests go straight to it, as there is no component in front of it. */
let focusAddress: string;
let rooms = 0;

beforeAll(async () => {
  prosody = await startProsody();
  bridge = createMediaBridge({ mode: 'both', webSocketBase: () => 'ws://127.0.0.1:1', ...ports });
  const { websocketUrl: url, authDomain, focusPassword: password, mucDomain, domain } = prosody;
  const link = await connectLink({ url, domain: authDomain, username: 'focus', password });
  focusAddress = link.jid;
  focus = createFocus({ link, mucDomain, domain, bridge, ...ports });
});
afterAll(async () => {
  await focus?.close();
  await bridge?.close();
  await prosody?.stop();
});

/** Everything that config.js would say: there is none here. */
function here(room: string, nick: string, more: JoinOptions = {}): JoinOptions {
  const { domain: xmppDomain, mucDomain: muc, websocketUrl: websocket } = prosody;
  return {
    host: 'http://127.0.0.1',
    room,
    nick,
    xmppDomain,
    muc,
    websocket,
    focus: focusAddress,
    ...more,
  };
}

/** What a sent frame does. */
function stepOf(element: XmlElement): string {
  return (element.name === 'iq' ? elements(element)[0]?.name : element.name) ?? '';
}

/** Stanzas that were sent after `<enable/>` up to the last `<a/>`, and what that acknowledges. */
function sentBefore(frames: readonly WireEntry[]): { sent: number; acknowledged: number } {
  const last = frames.findLastIndex(
    ({ direction, text }) => direction === 'received' && text.startsWith('<a '),
  );
  const enabled = frames.findIndex(({ text }) => text.startsWith('<enable '));
  const sent = frames
    .slice(enabled, last)
    .filter(({ direction, text }) => direction === 'sent' && /^<(iq|message|presence)\b/.test(text));
  return { sent: sent.length, acknowledged: Number(parseXml(frames[last]?.text ?? '').attrs['h']) };
}

const freshRoom = (): string => `room${++rooms}`;

describe('on a real Prosody', () => {
  it('two participants join, see each other, chat, raise hands and leave', async () => {
    const room = freshRoom();
    const alice = await join(here(room, 'Alice'));
    const seesBob = nextEvent(alice, 'participantJoined');
    const bob = await join(here(room, 'Bob'));
    expect((await seesBob).participant).toMatchObject({ id: bob.endpointId, displayName: 'Bob' });
    expect(bob.participants.get(alice.endpointId)).toMatchObject({ displayName: 'Alice', audioMuted: true });

    const heard = bob.chat.messages().next();
    await alice.chat.send('hello <Prosody> & "all" 👋');
    expect((await heard).value).toMatchObject({
      text: 'hello <Prosody> & "all" 👋',
      displayName: 'Alice',
      isHistory: false,
    });

    const whispered = bob.chat.messages().next();
    await alice.chat.send('for you', { to: bob.endpointId });
    expect((await whispered).value).toMatchObject({ text: 'for you', isPrivate: true });

    const raised = nextEvent(bob, 'handRaised');
    alice.raiseHand();
    expect((await raised).participant.id).toBe(alice.endpointId);
    const renamed = nextEvent(alice, 'participantChanged');
    bob.setNick('Robert');
    expect((await renamed).participant.displayName).toBe('Robert');

    const left = nextEvent(bob, 'participantLeft');
    await alice.leave('good night');
    expect(await left).toMatchObject({
      participant: { displayName: 'Alice' },
      departure: { reason: 'left', text: 'good night' },
    });
    await bob.leave();
    expect(await bob.closed).toEqual({ reason: 'left' });
  });

  it('logs in and asks the focus when the server has said no more than success', async () => {
    const frames: WireEntry[] = [];
    const wire = (entry: WireEntry): void => void frames.push(entry);
    const far = await startFarProxy(prosody.websocketUrl, '<success', 'http://jitsi.org/protocol/focus');
    await using alice = await join(here(freshRoom(), 'Alice', { wire, websocket: far.url }));
    const sent = frames.filter(({ direction }) => direction === 'sent');
    const success = frames.findIndex(({ text }) => text.startsWith('<success'));
    const next = frames.findIndex(({ direction }, index) => index > success && direction === 'received');
    expect(frames.slice(success + 1, next).map(({ text }) => stepOf(parseXml(text)))).toHaveLength(5);
    expect(sent.slice(0, 7).map(({ text }) => stepOf(parseXml(text)))).toEqual([
      'open',
      'auth',
      'open',
      'bind',
      'enable',
      'services',
      'conference',
    ]);
    // One connection: nothing had to be repeated.
    expect(frames.filter(({ text }) => text.startsWith('<auth'))).toHaveLength(1);
    expect(frames.some(({ text }) => text.startsWith('<enabled'))).toBe(true);
    // Stream management counts what was sent in the flight: nobody disagrees about `h`.
    await alice.chat.send('1');
    await alice.chat.send('2');
    await alice.chat.send('3');
    await expect
      .poll(() => frames.some(({ text, direction }) => direction === 'received' && text.startsWith('<a ')))
      .toBe(true);
    const count = sentBefore(frames);
    expect(count.acknowledged).toBeLessThanOrEqual(count.sent);
    expect(count.acknowledged).toBeGreaterThan(2);
    await expect.poll(() => alice.iceServers).toHaveLength(2);
    await alice.leave();
    await far.close();
  });

  it('takes a server that refuses it step by step, and the next join at once so', async () => {
    const strict = await startStrictProxy(prosody.websocketUrl);
    try {
      const joinHere = async (): Promise<WireEntry[]> => {
        const frames: WireEntry[] = [];
        const wire = (entry: WireEntry): void => void frames.push(entry);
        const room = freshRoom();
        await using alice = await join(here(room, 'Alice', { wire, websocket: strict.url }));
        expect(alice.endpointId).toMatch(/^[0-9a-f]{8}$/);
        return frames;
      };
      const opens = (frames: WireEntry[]): number =>
        frames.filter(({ direction, text }) => direction === 'sent' && text.startsWith('<auth')).length;
      expect(opens(await joinHere())).toBe(2);
      expect(strict.refused).toBe(1);
      const second = await joinHere();
      expect(opens(second)).toBe(1);
      expect(strict.refused).toBe(1);
      expect(second[1]).toMatchObject({ direction: 'received' });
    } finally {
      await strict.close();
    }
  });

  it('learns what the server offers: services, STUN and TURN, the room', async () => {
    const room = freshRoom();
    await using alice = await join(here(room, 'Alice'));
    await expect
      .poll(() => alice.iceServers.map(({ urls }) => urls))
      .toEqual(['stun:127.0.0.1:3478', 'turn:127.0.0.1:3478']);
    expect(alice.iceServers[1]).toMatchObject({
      username: expect.stringMatching(/^\d+$/),
      credential: expect.any(String),
    });
    await expect.poll(() => alice.services?.features).toContain('urn:xmpp:ping');
    await expect.poll(() => alice.roomInfo?.passwordProtected).toBe(false);
  });

  it('is offered a media session by the focus, through Prosody', async () => {
    const room = freshRoom();
    await using alice = await joinRoom(here(room, 'Alice'));
    await using bob = await joinSession(here(room, 'Bob', { sessionTimeout: 20_000 }));
    expect(bob.session?.sdp).toMatch(/^v=0\r\n[\s\S]*m=audio[\s\S]*m=video[\s\S]*m=application/);
    expect(bob.session?.sources.map(({ name }) => name).toSorted()).toEqual(['jvb-a0', 'jvb-v0']);
    expect(alice.session).toBeUndefined();
  });

  it('needs the password of a room that has one', async () => {
    const room = freshRoom();
    await using alice = await join(here(room, 'Alice'));
    // The focus makes the first participant an owner, who may configure the room.
    await expect.poll(() => alice.self?.affiliation).toBe('owner');
    await alice.xmpp.request(
      `<iq xmlns="jabber:client" type="set" to="${alice.roomJid}"><query xmlns="http://jabber.org/protocol/muc#owner">` +
        '<x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE"><value>http://jabber.org/protocol/muc#roomconfig</value></field>' +
        '<field var="muc#roomconfig_roomsecret"><value>tea4two</value></field><field var="muc#roomconfig_whois"><value>anyone</value></field></x></query></iq>',
    );
    await expect.poll(() => alice.roomInfo?.passwordProtected).toBe(true);
    await expect(join(here(room, 'Eve'))).rejects.toMatchObject({ code: 'password-required' });
    await expect(join(here(room, 'Eve', { password: 'coffee' }))).rejects.toMatchObject({
      code: 'password-wrong',
    });
    await using bob = await join(here(room, 'Bob', { password: 'tea4two' }));
    expect(bob.participants.size).toBe(1);
  });

  it('gives another endpoint id when ours is taken, and none when it was asked for', async () => {
    const room = freshRoom();
    await using alice = await join(here(room, 'Alice', { endpointId: 'deadbeef' }));
    await expect(join(here(room, 'Eve', { endpointId: 'deadbeef' }))).rejects.toMatchObject({
      code: 'nick-conflict',
    });
    expect(alice.endpointId).toBe('deadbeef');
    await using bob = await join(here(room, 'Bob'));
    expect(bob.endpointId).toMatch(/^[0-9a-f]{8}$/);
  });

  it('says that a room may not be created, once nobody makes it for us', async () => {
    // A focus that says "ready" without being in the room: the room itself refuses.
    const { websocketUrl: url, authDomain, focusPassword: password } = prosody;
    const link = await connectLink({ url, domain: authDomain, username: 'focus', password });
    link.onStanza((stanza) => {
      if (stanza.name !== 'iq' || stanza.attrs['type'] !== 'set') return;
      const { from = '', id = '' } = stanza.attrs;
      link.send({
        name: 'iq',
        ns: 'jabber:client',
        attrs: { type: 'result', to: from, id },
        children: [
          {
            name: 'conference',
            ns: 'http://jitsi.org/protocol/focus',
            attrs: { ready: 'true' },
            children: [],
          },
        ],
      });
    });
    try {
      await expect(join(here(freshRoom(), 'Alice', { focus: link.jid }))).rejects.toMatchObject({
        code: 'room-does-not-exist',
        condition: 'not-allowed',
      });
    } finally {
      await link.close();
    }
  });

  it('says that there is no focus, after giving it time to restart', async () => {
    const nobody = { focus: `nobody@${prosody.authDomain}/focus` };
    await expect(join(here(freshRoom(), 'Alice', nobody))).rejects.toMatchObject({
      code: 'focus-unavailable',
      kind: 'connection',
    });
  });

  it('is refused without an account where guests are not taken', async () => {
    await expect(join(here('x', 'Alice', { xmppDomain: prosody.authDomain }))).rejects.toMatchObject({
      code: 'login-required',
      message: expect.stringContaining('guests'),
    });
    await expect(
      join(
        here('x', 'Alice', {
          xmppDomain: prosody.authDomain,
          login: { username: 'focus', password: 'wrong' },
        }),
      ),
    ).rejects.toMatchObject({ code: 'authentication-failed' });
  });
});
