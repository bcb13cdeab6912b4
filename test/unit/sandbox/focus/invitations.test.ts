/** Who is offered a session, when, and what ends it. */
import { describe, expect, it } from 'vitest';
import { parseJingle } from '../../../../src/jingle/jingle.ts';
import { capsVer } from '../../../../src/xmpp/caps.ts';
import { child, childrenNamed, type XmlElement } from '../../../../src/xml/element.ts';
import {
  acceptContents,
  FocusRig,
  jingleTo,
  memberFeatures,
  room,
  source,
  sourceContent,
} from '../../../support/focus-rig.ts';
import { bridgeCounts, reasonOf } from '../../../support/focus-words.ts';

const alice = 'aaaaaaaa';
const bob = 'bbbbbbbb';
const carol = 'cccccccc';

function isOffered(rig: FocusRig, nick: string): boolean {
  return rig.outbox.some((stanza) => jingleTo(stanza, nick)?.attrs.action === 'session-initiate');
}

describe('the first offers', () => {
  it('go to all when the second member is there, and to each later one alone', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    await rig.settle();
    expect(isOffered(rig, alice)).toBe(false);
    rig.join(bob);
    expect((await rig.offer(alice)).attrs.sid).not.toBe((await rig.offer(bob)).attrs.sid);
    rig.join(carol);
    await rig.offer(carol);
    await rig.settle();
    expect([alice, bob, carol].filter((nick) => isOffered(rig, nick))).toEqual([]);
  });

  it('go to a single member on request', async () => {
    const rig = new FocusRig({ minParticipants: 1 });
    rig.open();
    rig.join(alice);
    await rig.offer(alice);
  });

  it('follow the presence that counts the bridge', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.join(bob);
    await rig.settle();
    const first = rig.outbox.findIndex(({ name }) => name === 'presence');
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(rig.outbox.findIndex((stanza) => jingleTo(stanza, alice)));
    expect(bridgeCounts(rig)).toEqual(['1']);
  });

  it('come from the account and name the bridge session and the transport', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.join(bob);
    const offers = [parseJingle(await rig.offer(alice)), parseJingle(await rig.offer(bob))];
    const [first, second] = offers;
    expect(first?.initiator).toBe('focus@auth.meet.example/focus');
    expect(first?.bridgeSession).toEqual({ id: second?.bridgeSession?.id, region: 'region1' });
    expect(first?.contents.map(({ name, transport }) => [name, transport?.ufrag])).toEqual([
      ['audio', `ufrag-${alice}`],
      ['video', `ufrag-${alice}`],
    ]);
    expect(first?.bundle).toEqual(['audio', 'video']);
    expect(rig.bridge.endpointOf(alice).request).toMatchObject({
      id: alice,
      sctp: false,
      ssrcRewriting: false,
    });
    expect(rig.bridge.endpointOf(alice).request.descriptions.map(({ media }) => media)).toEqual([
      'audio',
      'video',
    ]);
  });
});

describe('features', () => {
  const sctp = 'urn:xmpp:jingle:transports:dtls-sctp:1';
  const offerFor = async (
    features: readonly string[] | undefined,
    rig = new FocusRig(),
  ): Promise<XmlElement> => {
    rig.open();
    rig.join(bob);
    if (features) rig.join(alice, features);
    else {
      rig.presence(alice, {});
      rig.clock.advance(15_000);
    }
    return rig.offer(alice);
  };
  const names = (offer: XmlElement): (string | undefined)[] =>
    childrenNamed(offer, 'content').map(({ attrs }) => attrs.name);

  it('are those that were assumed, without JSON and so without data, of who does not tell them in 15 s', async () => {
    const rig = new FocusRig();
    const offer = await offerFor(undefined, rig);
    expect(names(offer)).toEqual(['audio', 'video']);
    expect(child(offer, 'json-message')).toBeUndefined();
    expect(rig.bridge.endpointOf(alice).request.sctp).toBe(true);
  });

  it('are assumed of who refuses to tell them', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(bob);
    rig.presence(alice, {});
    const question = rig.take(({ attrs }) => attrs.type === 'get' && attrs.to === `${room}/${alice}`);
    if (question) rig.reply(question, '<error type="cancel"/>', 'error');
    expect(child(await rig.offer(alice), 'json-message')).toBeUndefined();
  });

  it.each([
    [[...memberFeatures.json, sctp], true, ['audio', 'video', 'data']],
    [[...memberFeatures.xml, sctp], true, ['audio', 'video']],
    [[...memberFeatures.json, sctp], false, ['audio', 'video']],
    [['urn:xmpp:jingle:apps:rtp:audio', 'http://jitsi.org/json-encoded-sources'], true, ['audio']],
  ])('%s with SCTP at the bridge %s give contents %s', async (features, hasSctp, contents) => {
    expect(names(await offerFor(features, new FocusRig({ sctp: hasSctp })))).toEqual(contents);
  });

  it('are asked without a node, and only once for a hash that holds', async () => {
    const rig = new FocusRig();
    const ver = capsVer({ identities: [], features: memberFeatures.json, forms: [] });
    const caps = `<c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://jitsi.org/jitsi-meet" ver="${ver}"/>`;
    rig.open();
    rig.presence(alice, { inner: caps });
    const question = rig.outbox.find(({ attrs }) => attrs.to === `${room}/${alice}`);
    expect(question && child(question, 'query')?.attrs).toEqual({});
    rig.tellFeatures(alice, memberFeatures.json);
    rig.presence(bob, { inner: caps });
    expect(child(await rig.offer(bob), 'json-message')).toBeDefined();
  });

  it('are asked of everybody whose hash did not hold', () => {
    const rig = new FocusRig();
    const caps = '<c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="n" ver="wrong"/>';
    rig.open();
    rig.presence(alice, { inner: caps });
    rig.tellFeatures(alice, memberFeatures.json);
    rig.presence(bob, { inner: caps });
    rig.tellFeatures(bob, memberFeatures.json);
  });
});

describe('sources in an offer', () => {
  const aliceSources = sourceContent('audio', source(100, `name="${alice}-a0"`, 'm a'));

  it("are the bridge's own and the others'", async () => {
    const rig = new FocusRig();
    await rig.call({ [alice]: { sources: aliceSources }, [bob]: {} });
    rig.join(carol);
    const { sources } = parseJingle(await rig.offer(carol));
    expect(sources.sources.map(({ owner, ssrc, name }) => [owner, ssrc, name])).toEqual(
      expect.arrayContaining([
        ['jvb', 11, 'jvb-a0'],
        ['jvb', 12, 'jvb-v0'],
        [alice, 100, `${alice}-a0`],
      ]),
    );
    expect(sources.sources).toHaveLength(3);
  });

  it('are in XML for who does not read JSON', async () => {
    const rig = new FocusRig();
    await rig.call({ [alice]: { sources: aliceSources }, [bob]: {} });
    rig.join(carol, memberFeatures.xml);
    const offer = await rig.offer(carol);
    expect(child(offer, 'json-message')).toBeUndefined();
    const audio = childrenNamed(offer, 'content')[0];
    const description = audio && child(audio, 'description');
    expect(description && childrenNamed(description, 'source').map(({ attrs }) => attrs.ssrc)).toEqual([
      '11',
      '100',
    ]);
  });

  it("are only the bridge's for who learns of SSRCs from it", async () => {
    const rig = new FocusRig();
    await rig.call({ [alice]: { sources: aliceSources }, [bob]: {} });
    rig.join(carol, memberFeatures.rewriting);
    const { sources } = parseJingle(await rig.offer(carol));
    expect(sources.sources.map(({ owner }) => owner)).toEqual(['jvb', 'jvb']);
    expect(rig.bridge.endpointOf(carol).request.ssrcRewriting).toBe(true);
  });
});

describe('start muted', () => {
  const limits = '<property name="startAudioMuted" value="2"/><property name="startVideoMuted" value="1"/>';

  it('is said to those beyond the limits of the request that made the conference', async () => {
    const rig = new FocusRig();
    rig.open(limits);
    const offers: Record<string, XmlElement> = {};
    rig.join(alice);
    rig.join(bob);
    for (const nick of [alice, bob]) offers[nick] = await rig.offer(nick);
    rig.join(carol);
    offers[carol] = await rig.offer(carol);
    expect(Object.values(offers).map((offer) => child(offer, 'startmuted')?.attrs)).toEqual([
      undefined,
      { audio: 'false', video: 'true' },
      { audio: 'true', video: 'true' },
    ]);
  });

  it('is not said without limits, nor for limits that are no numbers', async () => {
    const rig = new FocusRig();
    rig.open('<property name="startAudioMuted" value="many"/>');
    rig.join(alice);
    rig.join(bob);
    expect(child(await rig.offer(bob), 'startmuted')).toBeUndefined();
  });
});

describe('an offer', () => {
  it('that is refused ends the session for good', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.join(bob);
    const iq = await rig.next((stanza) => jingleTo(stanza, alice) !== undefined);
    rig.reply(
      iq,
      '<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>',
      'error',
    );
    const terminate = rig.jingle(alice);
    expect(terminate?.attrs.action).toBe('session-terminate');
    expect(reasonOf(terminate)).toEqual(['general-error', 'text jingle session failed']);
    expect(rig.bridge.endpointOf(alice).isExpired).toBe(true);
    rig.join(carol);
    await rig.offer(carol);
    await rig.settle();
    expect(isOffered(rig, alice)).toBe(false);
    rig.leave(alice);
    rig.join(alice);
    await rig.offer(alice);
  });

  it('that is refused late does not harm the next one', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.join(bob);
    const iq = await rig.next((stanza) => jingleTo(stanza, alice) !== undefined);
    rig.focus.move(room, alice);
    rig.jingle(alice);
    const { sid = '' } = (await rig.offer(alice)).attrs;
    rig.reply(iq, '<error type="cancel"/>', 'error');
    expect(rig.jingle(alice)).toBeUndefined();
    expect(rig.request(alice, 'session-accept', sid, acceptContents())?.attrs.type).toBe('result');
  });

  it('that is not answered may still be accepted', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.join(bob);
    const iq = await rig.next((stanza) => jingleTo(stanza, alice) !== undefined);
    rig.clock.advance(15_000);
    const sid = jingleTo(iq, alice)?.attrs.sid ?? '';
    expect(rig.request(alice, 'session-accept', sid, acceptContents())?.attrs.type).toBe('result');
  });

  it('is not sent to who left before telling its features', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.presence(bob, {});
    rig.leave(bob);
    rig.join(carol);
    rig.tellFeatures(bob, memberFeatures.json);
    await rig.offer(carol);
    await rig.settle();
    expect(isOffered(rig, bob)).toBe(false);
  });

  it('is not sent for a presence that the room did not stamp', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.deliver(`<presence xmlns="jabber:client" from="${room}/${bob}"/>`);
    await rig.settle();
    expect(rig.focus.conferences[0]?.members).toEqual([alice]);
  });

  it('is not sent to who left meanwhile, and its transport is given back', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.join(alice);
    rig.join(bob);
    rig.leave(bob);
    await rig.settle();
    expect(isOffered(rig, bob)).toBe(false);
    expect(rig.bridge.endpointOf(bob).isExpired).toBe(true);
  });
});

describe('whoever is left alone', () => {
  it('loses the session after 20 s, and gets another when somebody comes', async () => {
    const rig = new FocusRig();
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    rig.leave(bob);
    rig.clock.advance(19_999);
    expect(rig.jingle(alice)).toBeUndefined();
    rig.clock.advance(1);
    const terminate = rig.jingle(alice);
    expect(terminate?.attrs).toEqual({ action: 'session-terminate', sid: sids[alice] });
    expect(reasonOf(terminate)).toEqual(['expired', 'text Idle session timeout']);
    expect(bridgeCounts(rig)).toEqual(['0']);
    expect(rig.bridge.endpoints.every(({ isExpired }) => isExpired)).toBe(true);
    rig.join(carol);
    const offer = await rig.offer(alice);
    expect(offer.attrs.sid).not.toBe(sids[alice]);
    await rig.offer(carol);
    expect(bridgeCounts(rig)).toEqual(['1']);
  });

  it('keeps it when somebody comes in time', async () => {
    const rig = new FocusRig();
    await rig.call({ [alice]: {}, [bob]: {} });
    rig.leave(bob);
    rig.clock.advance(19_000);
    rig.join(carol);
    rig.clock.advance(60_000);
    await rig.offer(carol);
    expect(rig.jingle(alice)).toBeUndefined();
  });
});

describe('who leaves', () => {
  it('takes its sources along, and nobody is told', async () => {
    const rig = new FocusRig();
    const sids = await rig.call({
      [alice]: {},
      [bob]: { sources: sourceContent('audio', source(200)) },
      [carol]: {},
    });
    rig.outbox.length = 0;
    rig.leave(bob);
    await rig.settle();
    expect(rig.jingle(alice)).toBeUndefined();
    expect(rig.bridge.endpointOf(bob).isExpired).toBe(true);
    // The SSRC is free again.
    const add = rig.request(alice, 'source-add', sids[alice] ?? '', sourceContent('audio', source(200)));
    expect(add?.attrs.type).toBe('result');
  });

  it('ends the sessions of all with the last one', async () => {
    const rig = new FocusRig();
    await rig.call({ [alice]: {}, [bob]: {} });
    rig.leave(alice);
    rig.leave(bob);
    expect(rig.focus.conferences).toEqual([]);
    rig.outbox.length = 0;
    rig.clock.advance(60_000);
    expect([rig.outbox, rig.clock.pending]).toEqual([[], 0]);
  });
});

it('shows its conferences', async () => {
  const rig = new FocusRig();
  const sids = await rig.call({ [alice]: { sources: sourceContent('audio', source(100)) }, [bob]: {} });
  rig.presence(carol, {});
  const [view] = rig.focus.conferences;
  expect(view).toMatchObject({ room, owner: alice, members: [alice, bob, carol] });
  expect(view?.participants.map(({ endpointId, sid, state }) => [endpointId, sid, state])).toEqual([
    [alice, sids[alice], 'active'],
    [bob, sids[bob], 'active'],
  ]);
  expect(view?.participants[0]?.sources.sources.map(({ ssrc }) => ssrc)).toEqual([100]);
});
