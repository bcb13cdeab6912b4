/** Muting by way of the focus, as in recordings 09 and 33. */
import { describe, expect, it } from 'vitest';
import { child, elements } from '../../../../src/xml/element.ts';
import { serialize } from '../../../../src/xml/serialize.ts';
import { FocusRig, refusalOf, room } from '../../../support/focus-rig.ts';

const moderator = 'aaaaaaaa';
const bob = 'bbbbbbbb';
const carol = 'cccccccc';

const mute = (nick: string, words = 'true', ns = 'http://jitsi.org/jitmeet/audio'): string =>
  `<mute xmlns="${ns}" jid="${room}/${nick}">${words}</mute>`;

async function call(): Promise<FocusRig> {
  const rig = new FocusRig();
  await rig.call({ [moderator]: {}, [bob]: {} });
  rig.presence(moderator, { affiliation: 'owner', role: 'moderator' });
  rig.outbox.length = 0;
  return rig;
}

describe('a mute request', () => {
  it.each(['audio', 'video', 'desktop'])('for %s of a moderator reaches its target', async (kind) => {
    const rig = await call();
    const ns = `http://jitsi.org/jitmeet/${kind}`;
    expect(rig.askFrom(moderator, mute(bob, 'true', ns))?.attrs.type).toBe('result');
    const [relayed] = rig.outbox;
    expect([relayed?.attrs.to, relayed?.attrs.type]).toEqual([`${room}/${bob}`, 'set']);
    const element = relayed && child(relayed, 'mute');
    expect(element && serialize(element)).toBe(
      `<mute xmlns="${ns}" actor="${room}/${moderator}">true</mute>`,
    );
  });

  it('about oneself is granted, both ways, and not relayed', async () => {
    const rig = await call();
    for (const words of ['true', 'false']) {
      expect(rig.askFrom(bob, mute(bob, words))?.attrs.type).toBe('result');
    }
    expect(rig.outbox).toEqual([]);
  });

  it('makes the bridge drop what the muted one sends, until it unmutes itself', async () => {
    const rig = await call();
    const { forceMuted } = rig.bridge.endpointOf(bob);
    rig.askFrom(moderator, mute(bob));
    rig.askFrom(moderator, mute(bob, 'true', 'http://jitsi.org/jitmeet/video'));
    rig.askFrom(moderator, mute(bob, 'true', 'http://jitsi.org/jitmeet/desktop'));
    expect([...forceMuted]).toEqual(['audio', 'video']);
    rig.askFrom(bob, mute(bob, 'false'));
    expect([...forceMuted]).toEqual(['video']);
  });

  it('of somebody who is no moderator is refused, with a copy', async () => {
    const rig = await call();
    const answer = rig.askFrom(bob, mute(moderator));
    expect(refusalOf(answer)).toEqual({ type: 'cancel', condition: 'not-allowed' });
    expect(answer && elements(answer)[1]?.attrs.jid).toBe(`${room}/${moderator}`);
    expect(rig.outbox).toEqual([]);
  });

  it('to unmute another is refused even to a moderator', async () => {
    const rig = await call();
    expect(refusalOf(rig.askFrom(moderator, mute(bob, 'false'))).condition).toBe('not-allowed');
  });

  it('about a visitor is refused', async () => {
    const rig = await call();
    rig.presence(bob, { role: 'visitor' });
    expect(refusalOf(rig.askFrom(moderator, mute(bob))).condition).toBe('not-allowed');
  });

  it.each([
    ['about nobody', moderator, 'dddddddd'],
    ['of somebody without a session', carol, bob],
    ['about somebody without a session', moderator, carol],
  ])('%s fails', async (_, muter, target) => {
    const rig = await call();
    rig.presence(carol, {});
    expect(refusalOf(rig.askFrom(muter, mute(target))).condition).toBe('internal-server-error');
  });

  it.each([
    ['without target', '<mute xmlns="http://jitsi.org/jitmeet/audio">true</mute>'],
    ['that does not say what', mute(bob, '')],
  ])('%s is bad', async (_, payload) => {
    const rig = await call();
    expect(refusalOf(rig.askFrom(moderator, payload))).toEqual({ type: 'modify', condition: 'bad-request' });
  });

  it('from outside is about nothing', async () => {
    const rig = await call();
    const answer = rig.ask(mute(bob), { from: 'other@conference.meet.example/aaaaaaaa' });
    expect(refusalOf(answer).condition).toBe('item-not-found');
  });
});
