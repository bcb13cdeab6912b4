/** One occupant with two sessions: who comes back with the same account while the room still holds the lost session. */
import { expect, it } from 'vitest';
import {
  auth,
  createRig,
  enable,
  open,
  type Rig,
  type RigClient,
  roomJid,
} from '../../../support/xmpp-server-rig.ts';

const room = roomJid('room');

/** Bob, and Alice's lost session beside her new one, in the room with the same nick. */
function meeting(): { rig: Rig; bob: RigClient; lost: RigClient; alice: RigClient; entered: string[] } {
  const rig = createRig();
  rig.focus.enter('room');
  const [bob, lost] = [rig.login(), rig.login()];
  bob.enter('room');
  const token = /<enabled [^>]*id="(\w+)"/.exec(lost.send(enable).join(''))?.[1] ?? '';
  lost.enter('room');
  lost.lose();
  bob.take();
  const alice = rig.connect({ room: 'room', previd: token }).login();
  expect(alice.bareJid).toBe(lost.bareJid);
  expect(alice.jid).not.toBe(lost.jid);
  return { rig, bob, lost, alice, entered: alice.enter('room', { nick: lost.nick }) };
}

const jidsIn = (frame: string | undefined): string[] =>
  [...(frame ?? '').matchAll(/<item [^>]*jid="([^"]+)"/g)].map(([, jid = '']) => jid);

it('enters beside it, the newest first', () => {
  const { alice, bob, entered, lost } = meeting();
  const own = entered.find((frame) => frame.includes('code="110"'));
  expect(jidsIn(own)).toEqual([alice.jid, lost.jid]);
  const [told] = bob.take();
  expect(told).toContain(`from="${room}/${lost.nick}"`);
  expect(jidsIn(told)).toEqual([alice.jid, lost.jid]);
});

it('stays when the lost one is given up', () => {
  const { alice, bob, lost, rig } = meeting();
  bob.take();
  alice.take();
  rig.clock.advance(60_000);
  const told = bob.take().filter((frame) => frame.startsWith('<presence'));
  expect(told.join('')).not.toContain('unavailable');
  expect(jidsIn(told.at(-1))).toEqual([alice.jid]);
  expect(alice.take().join('')).not.toContain('unavailable');
  bob.send(
    `<message xmlns="jabber:client" type="chat" to="${room}/${lost.nick}"><body>hello</body></message>`,
  );
  expect(alice.take().join('')).toContain('<body>hello</body>');
});

it('leaves alone, and the other stays', () => {
  const { alice, bob, lost } = meeting();
  bob.take();
  alice.take();
  const own = alice.send(`<presence xmlns="jabber:client" type="unavailable" to="${room}/${lost.nick}"/>`);
  expect(own).toHaveLength(1);
  expect(own[0]).toContain('type="unavailable"');
  expect(own[0]).toContain('code="110"');
  const [told] = bob.take();
  expect(told).not.toContain('unavailable');
  expect(jidsIn(told)).toEqual([lost.jid]);
});

it('is not somebody else, who gets a conflict', () => {
  const { lost, rig } = meeting();
  const stranger = rig.connect({ room: 'room' });
  stranger.send(open, auth, open);
  expect(rig.login().enter('room', { nick: lost.nick })[0]).toContain('<conflict ');
});
