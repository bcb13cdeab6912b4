/** Sessions that move to another transport, and what happens while there is no bridge. */
import { describe, expect, it } from 'vitest';
import { parseJingle } from '../../../../src/jingle/jingle.ts';
import { child } from '../../../../src/xml/element.ts';
import {
  acceptContents,
  FocusRig,
  refusalOf,
  room,
  source,
  sourceContent,
} from '../../../support/focus-rig.ts';
import { bridgeCounts, reasonOf } from '../../../support/focus-words.ts';

const alice = 'aaaaaaaa';
const bob = 'bbbbbbbb';
const carol = 'cccccccc';

describe('moving', () => {
  it('ends the session of one and offers another, with its sources gone meanwhile', async () => {
    const rig = new FocusRig();
    const sids = await rig.call({
      [alice]: { sources: sourceContent('audio', source(100, 'name="n"', 'm')) },
      [bob]: {},
    });
    const before = rig.bridge.endpointOf(alice);
    expect(rig.focus.move(room, alice)).toBe(1);
    expect(before.isExpired).toBe(true);
    const terminate = rig.jingle(alice);
    expect(terminate?.attrs).toEqual({ action: 'session-terminate', sid: sids[alice] });
    expect(reasonOf(terminate)).toEqual(['success', 'text moving']);
    expect(rig.jingle(bob)?.attrs.action).toBe('source-remove');
    const offer = await rig.offer(alice);
    expect(offer.attrs.sid).not.toBe(sids[alice]);
    expect(refusalOf(rig.request(alice, 'session-info', sids[alice] ?? ''))).toEqual({
      type: 'modify',
      condition: 'bad-request',
    });
    const again = acceptContents(sourceContent('audio', source(100, 'name="n"', 'm')));
    expect(rig.request(alice, 'session-accept', offer.attrs.sid ?? '', again)?.attrs.type).toBe('result');
    expect(rig.jingle(bob)?.attrs.action).toBe('source-add');
    expect(rig.jingle(bob)).toBeUndefined();
    expect(bridgeCounts(rig)).toEqual([]);
  });

  it('of all changes the bridge session', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.join(bob);
    const before = parseJingle(await rig.offer(alice)).bridgeSession?.id;
    await rig.offer(bob);
    bridgeCounts(rig);
    expect(rig.focus.move(room)).toBe(2);
    expect([rig.jingle(alice)?.attrs.action, rig.jingle(bob)?.attrs.action]).toEqual([
      'session-terminate',
      'session-terminate',
    ]);
    const after = [parseJingle(await rig.offer(alice)), parseJingle(await rig.offer(bob))];
    expect(after[0]?.bridgeSession?.id).toBe(after[1]?.bridgeSession?.id);
    expect(after[0]?.bridgeSession?.id).not.toBe(before);
    expect(bridgeCounts(rig)).toEqual(['0', '1']);
  });

  it('of somebody whose session has ended is just a new offer', async () => {
    const rig = new FocusRig();
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    rig.request(alice, 'session-terminate', sids[alice] ?? '');
    expect(rig.focus.move(room, alice)).toBe(1);
    expect(rig.jingle(alice)).toBeUndefined();
    await rig.offer(alice);
  });

  it('of nobody moves nobody', () => {
    const rig = new FocusRig();
    expect(rig.focus.move(room)).toBe(0);
    rig.open();
    expect(rig.focus.move(room, alice)).toBe(0);
  });
});

describe('the loss of the bridge', () => {
  const isMissing = (rig: FocusRig): boolean | undefined => {
    const presence = rig.take(({ name, attrs }) => name === 'presence' && attrs.type === undefined);
    return presence && child(presence, 'bridgeNotAvailable', 'http://jitsi.org/protocol/focus') !== undefined;
  };

  it('moves everybody to nowhere, says so, and invites all when there is one again', async () => {
    const rig = new FocusRig();
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    rig.focus.setBridgeAvailable(false);
    rig.focus.setBridgeAvailable(false);
    for (const nick of [alice, bob]) {
      const terminate = rig.jingle(nick);
      expect(terminate?.attrs).toEqual({ action: 'session-terminate', sid: sids[nick] });
      expect(reasonOf(terminate)).toEqual(['success', 'text moving']);
    }
    // First the bridge is not counted any more, then there is no other.
    expect([isMissing(rig), isMissing(rig), isMissing(rig)]).toEqual([false, true, undefined]);
    rig.join(carol);
    await rig.settle();
    expect(rig.outbox.filter(({ attrs }) => attrs.type === 'set' && attrs.to?.includes('/'))).toEqual([]);
    rig.focus.setBridgeAvailable(true);
    expect(isMissing(rig)).toBe(false);
    const offers = [await rig.offer(alice), await rig.offer(bob), await rig.offer(carol)];
    expect(new Set(offers.map((offer) => parseJingle(offer).bridgeSession?.id)).size).toBe(1);
  });

  it('voids an invitation that is under way', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.join(bob);
    rig.focus.setBridgeAvailable(false);
    await rig.settle();
    expect([rig.jingle(alice), rig.jingle(bob)]).toEqual([undefined, undefined]);
    expect(rig.bridge.endpoints.every(({ isExpired }) => isExpired)).toBe(true);
    rig.focus.setBridgeAvailable(true);
    await rig.offer(alice);
    await rig.offer(bob);
  });

  it('does not matter where nobody is to be invited', () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.outbox.length = 0;
    rig.focus.setBridgeAvailable(false);
    rig.focus.setBridgeAvailable(true);
    expect(rig.outbox).toEqual([]);
  });
});
