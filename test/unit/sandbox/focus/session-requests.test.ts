/** Every Jingle request that a client may send, as raw text, and the real focus' answer to it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { parseJingle } from '../../../../src/jingle/jingle.ts';
import { child, childrenNamed, elements, type XmlElement } from '../../../../src/xml/element.ts';
import { serialize } from '../../../../src/xml/serialize.ts';
import {
  acceptContents,
  FocusRig,
  group,
  jingleTo,
  memberFeatures,
  refusalOf,
  source,
  sourceContent,
} from '../../../support/focus-rig.ts';

const alice = 'aaaaaaaa';
const bob = 'bbbbbbbb';
const carol = 'cccccccc';
const focusNs = 'http://jitsi.org/protocol/focus';

let rig: FocusRig;
beforeEach(() => {
  rig = new FocusRig();
});

/** A room of two, neither of whom has accepted. Returns their sids. */
async function offered(): Promise<{ alice: string; bob: string; bridgeSession: string }> {
  rig.open();
  rig.join(alice);
  rig.join(bob);
  const first = await rig.offer(alice);
  const second = await rig.offer(bob);
  rig.outbox.length = 0;
  return {
    alice: first.attrs.sid ?? '',
    bob: second.attrs.sid ?? '',
    bridgeSession: child(first, 'bridge-session')?.attrs.id ?? '',
  };
}

const audio = (ssrc: number | string, msid?: string): string =>
  sourceContent('audio', source(ssrc, '', msid));
const bridgeSession = (attrs: string): string => `<bridge-session xmlns="${focusNs}" ${attrs}/>`;

/** Source ids that a source-add or source-remove tells of. */
function told(jingle: XmlElement | undefined): [string | undefined, string | undefined, number][] {
  if (!jingle) return [];
  return parseJingle(jingle).sources.sources.map(({ owner, ssrc }) => [jingle.attrs.action, owner, ssrc]);
}

describe('any request', () => {
  it('for an unknown sid is bad, and copied into the refusal', () => {
    const answer = rig.request(alice, 'session-accept', 'nope', acceptContents());
    expect(refusalOf(answer)).toEqual({ type: 'modify', condition: 'bad-request' });
    expect(answer && elements(answer).map(({ name }) => name)).toEqual(['error', 'jingle']);
  });

  it('without sid is bad', () => {
    const answer = rig.askFrom(alice, '<jingle xmlns="urn:xmpp:jingle:1" action="session-accept"/>');
    expect(refusalOf(answer).condition).toBe('bad-request');
  });

  it('of type get is not understood', async () => {
    const sids = await offered();
    const jingle = `<jingle xmlns="urn:xmpp:jingle:1" action="session-info" sid="${sids.alice}"/>`;
    expect(refusalOf(rig.ask(jingle, { type: 'get' })).condition).toBe('feature-not-implemented');
  });

  it.each(['content-modify', 'content-add', 'description-info', 'session-initiate', 'no-such-action'])(
    'with the action %s gets no answer',
    async (action) => {
      const sids = await offered();
      expect(rig.request(alice, action, sids.alice)).toBeUndefined();
    },
  );

  it('without action gets no answer', async () => {
    const sids = await offered();
    const answer = rig.askFrom(alice, `<jingle xmlns="urn:xmpp:jingle:1" sid="${sids.alice}"/>`);
    expect(answer).toBeUndefined();
  });

  it.each(['session-accept', 'transport-info', 'source-add', 'session-info', 'session-terminate'])(
    'on a session that has ended is told so: %s',
    async (action) => {
      const sids = await offered();
      rig.request(alice, 'session-terminate', sids.alice, bridgeSession('id="other"'));
      expect(refusalOf(rig.request(alice, action, sids.alice))).toEqual({
        type: 'cancel',
        condition: 'gone',
        text: 'session ended',
      });
    },
  );

  it('has its text in the namespace in which Jicofo writes it', async () => {
    const sids = await offered();
    const answer = rig.request(alice, 'source-add', sids.alice, audio(0));
    const error = answer && child(answer, 'error');
    expect(error && serialize(error, 'jabber:client')).toBe(
      '<error type="modify"><bad-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/><text xml:lang="en">Invalid SSRC: 0.</text></error>',
    );
  });
});

describe('session-accept', () => {
  it('gives the bridge the first transport, the sources and lastN', async () => {
    const sids = await offered();
    const video = `<content name="video"><initial-last-n xmlns="jitsi:colibri2" value="25"/><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="video">${source(7)}</description><transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ufrag="second"/></content>`;
    expect(rig.request(alice, 'session-accept', sids.alice, acceptContents(video))?.attrs.type).toBe(
      'result',
    );
    const endpoint = rig.bridge.endpointOf(alice);
    expect(endpoint.remoteTransports).toEqual([
      {
        ufrag: 'kvhf',
        pwd: 'T4K3TRPE1M2xNdyEwIYHT1aK',
        rtcpMux: true,
        fingerprints: [{ hash: 'sha-256', value: '9D:D3', setup: 'active' }],
        candidates: [],
        webSocketUrls: [],
      },
    ]);
    expect(endpoint.sources?.sources.map(({ ssrc }) => ssrc)).toEqual([7]);
    expect(endpoint.lastN).toBe(25);
  });

  it('without any content is accepted too', async () => {
    const sids = await offered();
    expect(rig.request(alice, 'session-accept', sids.alice)?.attrs.type).toBe('result');
    expect(rig.focus.conferences[0]?.participants[0]?.state).toBe('active');
    expect(rig.bridge.endpointOf(alice).remoteTransports).toEqual([]);
  });

  it('may come again and then adds its sources', async () => {
    const sids = await offered();
    rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(1)));
    expect(rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(2)))?.attrs.type).toBe(
      'result',
    );
    expect(rig.focus.conferences[0]?.participants[0]?.sources.sources.map(({ ssrc }) => ssrc)).toEqual([
      1, 2,
    ]);
  });

  it('that is refused ends the session: there is no second try', async () => {
    const sids = await offered();
    rig.request(bob, 'session-accept', sids.bob, acceptContents(audio(909)));
    const refused = rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(909)));
    expect(refusalOf(refused).text).toBe('SSRC is already used: 909.');
    const again = rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(910)));
    expect(refusalOf(again)).toEqual({ type: 'cancel', condition: 'gone', text: 'session ended' });
    expect(rig.bridge.endpointOf(alice).remoteTransports).toEqual([]);
  });

  it('that cannot be read gets no answer and leaves the session half active', async () => {
    const sids = await offered();
    const unreadable = sourceContent('video', source(1) + source(2) + group('FEC-FR', 1, 2));
    expect(rig.request(alice, 'session-accept', sids.alice, acceptContents(unreadable))).toBeUndefined();
    expect(rig.focus.conferences[0]?.participants[0]).toMatchObject({
      state: 'active',
      sources: { sources: [] },
    });
  });

  it('with its sources in JSON is accepted, without sources', async () => {
    const sids = await offered();
    const json = `<json-message xmlns="http://jitsi.org/jitmeet">{"sources":{"${alice}":[[],[],[{"s":5}]]}}</json-message>`;
    expect(rig.request(alice, 'session-accept', sids.alice, acceptContents(json))?.attrs.type).toBe('result');
    expect(rig.focus.conferences[0]?.participants[0]?.sources.sources).toEqual([]);
  });

  it('of a visitor must bring no sources', async () => {
    rig.open();
    rig.join(alice);
    rig.presence(bob, { role: 'visitor' });
    rig.tellFeatures(bob, memberFeatures.json);
    const { sid = '' } = (await rig.offer(bob)).attrs;
    expect(refusalOf(rig.request(bob, 'session-accept', sid, acceptContents(audio(1))))).toEqual({
      type: 'auth',
      condition: 'forbidden',
      text: 'sources not allowed for visitors',
    });
  });
});

describe('relaying of sources', () => {
  it('waits for the receiver to accept, and then is done before its answer', async () => {
    const sids = await offered();
    rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(1)));
    expect(rig.jingle(bob)).toBeUndefined();
    rig.deliver(
      `<iq xmlns="jabber:client" type="set" id="b" from="standup@conference.meet.example/${bob}" to="focus@auth.meet.example/focus"><jingle xmlns="urn:xmpp:jingle:1" action="session-accept" sid="${sids.bob}">${acceptContents(audio(2))}</jingle></iq>`,
    );
    const order = rig.outbox.map((stanza) => jingleTo(stanza, bob)?.attrs.action ?? stanza.attrs.type);
    expect(order).toEqual(['set', 'source-add', 'result']);
    expect(told(rig.jingle(bob))).toEqual([['source-add', alice, 1]]);
    expect(told(rig.jingle(alice))).toEqual([['source-add', bob, 2]]);
  });

  it('is in JSON without contents, or in XML with contents', async () => {
    const sids = await rig.call({ [alice]: {}, [bob]: { features: memberFeatures.xml }, [carol]: {} });
    const content = sourceContent('video', source(3, `name="${carol}-v0" videoType="desktop"`, 'm t'));
    rig.request(carol, 'source-add', sids[carol] ?? '', content);
    const json = rig.jingle(alice);
    expect(json && elements(json).map(({ name }) => name)).toEqual(['json-message']);
    expect(json && serialize(json, 'urn:xmpp:jingle:1')).toContain(
      `{"sources":{"${carol}":[[{"s":3,"n":"${carol}-v0","m":"m t","v":"d"}],[],[]]}}`,
    );
    const xml = rig.jingle(bob);
    const [video] = xml ? childrenNamed(xml, 'content') : [];
    const description = video && child(video, 'description');
    const written = description && child(description, 'source', 'urn:xmpp:jingle:apps:rtp:ssma:0');
    expect(video?.attrs.name).toBe('video');
    expect(written?.attrs).toEqual({ ssrc: '3', name: `${carol}-v0`, videoType: 'desktop' });
    expect(written && child(written, 'ssrc-info', 'http://jitsi.org/jitmeet')?.attrs.owner).toBe(carol);
    expect(written && child(written, 'parameter', 'urn:xmpp:jingle:apps:rtp:1')?.attrs).toEqual({
      name: 'msid',
      value: 'm t',
    });
  });

  it('tells of the first layer of simulcast only', async () => {
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    const layers = [1, 2, 3, 4, 5, 6].map((ssrc) => source(ssrc, '', 'm')).join('');
    const groups = group('SIM', 1, 2, 3) + group('FID', 1, 4) + group('FID', 2, 5) + group('FID', 3, 6);
    rig.request(alice, 'source-add', sids[alice] ?? '', sourceContent('video', layers + groups));
    const add = rig.jingle(bob);
    expect(told(add).map(([, , ssrc]) => ssrc)).toEqual([1, 4]);
    expect(
      add && parseJingle(add).sources.groups.map(({ semantics, ssrcs }) => [semantics, ...ssrcs]),
    ).toEqual([['FID', 1, 4]]);
    expect(rig.bridge.endpointOf(alice).sources?.sources).toHaveLength(6);
  });

  it('leaves out who learns of them from the bridge', async () => {
    const sids = await rig.call({ [alice]: {}, [bob]: { features: memberFeatures.rewriting } });
    rig.request(alice, 'source-add', sids[alice] ?? '', audio(1));
    expect(rig.jingle(bob)).toBeUndefined();
  });

  it('says nothing of what is gone again before the receiver accepts', async () => {
    const sids = await offered();
    rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(1)));
    rig.request(alice, 'source-remove', sids.alice, audio(1));
    rig.request(bob, 'session-accept', sids.bob, acceptContents());
    expect(rig.jingle(bob)).toBeUndefined();
  });
});

describe('source-add', () => {
  const video = (...inner: string[]): string => sourceContent('video', inner.join(''));
  const many = (count: number): string =>
    Array.from({ length: count }, (_, index) => source(1000 + index)).join('');
  const pairs = (count: number): string =>
    Array.from({ length: count }, (_, index) => group('SIM', 1000, 1001 + index)).join('');

  it.each([
    ['SSRC 0', audio(0), 'Invalid SSRC: 0.'],
    ['SSRC 2^32', audio('4294967296'), 'Invalid SSRC: 4294967296.'],
    ['a negative SSRC', audio(-5), 'Invalid SSRC: -5.'],
    ['no SSRC', audio(1).replace('ssrc="1"', ''), 'Invalid SSRC: -1.'],
    ["another's SSRC", audio(500, 'x'), 'SSRC is already used: 500.'],
    ['its own SSRC again', audio(600, 'x'), 'SSRC is already used: 600.'],
    ["another's msid", audio(1, 'bobs msid'), 'MSID is already used: bobs msid.'],
    ['too many sources', video(many(20)), 'SSRC limit (20) exceeded.'],
    [
      'a group of unknown SSRCs',
      video(source(1), group('FID', 1, 2)),
      "An SSRC group contains an SSRC, which hasn't been signaled as a source: [1, 2].",
    ],
    [
      'too many groups',
      video(
        ...Array.from({ length: 19 }, (_, index) => source(1000 + index, '', 'm')),
        pairs(18),
        group('SIM', 1001, 1002),
        group('SIM', 1001, 1003),
        group('SIM', 1001, 1004),
      ),
      'ssrc-group limit (20) exceeded.',
    ],
    ['a FID group of one', video(source(1), group('FID', 1)), 'Invalid FID group: [1].'],
    [
      'a grouped source without msid',
      video(source(1, '', ''), source(2), group('FID', 1, 2)),
      "Required source parameter 'msid' is not present.",
    ],
    [
      'a group with two msids',
      video(source(1), source(2), group('FID', 1, 2)),
      'SsrcGroup contains sources with different MSIDs: [1, 2].',
    ],
    ['two streams with one msid', video(source(1, '', 'm'), source(2, '', 'm')), 'MSID is already used: m.'],
  ])('with %s is refused and changes nothing', async (_, contents, text) => {
    const sids = await rig.call({
      [alice]: { sources: audio(600, 'own') },
      [bob]: { sources: audio(500, 'bobs msid') },
    });
    rig.outbox.length = 0;
    const answer = rig.request(alice, 'source-add', sids[alice] ?? '', contents);
    expect(refusalOf(answer)).toEqual({ type: 'modify', condition: 'bad-request', text });
    expect(rig.jingle(bob)).toBeUndefined();
    expect(rig.focus.conferences[0]?.participants[0]?.sources.sources.map(({ ssrc }) => ssrc)).toEqual([600]);
  });

  it.each([
    ['an unknown kind of group', video(source(1), group('FEC-FR', 1))],
    ['an unknown kind of video', video(source(1, 'videoType="none"'))],
    ['an SSRC that is no number', audio('abc')],
    ['an unknown kind of media', sourceContent('smell', source(1))],
  ])('with %s gets no answer', async (_, contents) => {
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    expect(rig.request(alice, 'source-add', sids[alice] ?? '', contents)).toBeUndefined();
  });

  it('of nothing is answered and ignored', async () => {
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    expect(rig.request(alice, 'source-add', sids[alice] ?? '')?.attrs.type).toBe('result');
    expect(rig.jingle(bob)).toBeUndefined();
  });

  it("takes a name that is another's, and the old name of the action", async () => {
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    const contents = sourceContent('audio', source(42, `name="${bob}-a5"`, 'm'));
    expect(rig.request(alice, 'addsource', sids[alice] ?? '', contents)?.attrs.type).toBe('result');
    expect(told(rig.jingle(bob))).toEqual([['source-add', alice, 42]]);
  });

  it('of a visitor is forbidden', async () => {
    rig.open();
    rig.join(alice);
    rig.presence(bob, { role: 'visitor' });
    rig.tellFeatures(bob, memberFeatures.json);
    const { sid = '' } = (await rig.offer(bob)).attrs;
    rig.request(bob, 'session-accept', sid);
    expect(refusalOf(rig.request(bob, 'source-add', sid, audio(1)))).toEqual({
      type: 'auth',
      condition: 'forbidden',
      text: 'add-source not allowed for visitors',
    });
  });
});

describe('source-remove', () => {
  it('is relayed with all that it takes along', async () => {
    const pair = source(1, '', 'm') + source(2, '', 'm') + group('FID', 1, 2);
    const sids = await rig.call({ [alice]: { sources: sourceContent('video', pair) }, [bob]: {} });
    rig.outbox.length = 0;
    const answer = rig.request(
      alice,
      'source-remove',
      sids[alice] ?? '',
      sourceContent('video', source(2, '', '')),
    );
    expect(answer?.attrs.type).toBe('result');
    const remove = rig.jingle(bob);
    expect(told(remove)).toEqual([['source-remove', alice, 2]]);
    expect(remove && parseJingle(remove).sources.groups).toHaveLength(1);
    expect(rig.bridge.endpointOf(alice).sources?.sources.map(({ ssrc }) => ssrc)).toEqual([1]);
  });

  it.each([
    ['it does not have', audio(99_999), 'Source does not exist or is not owned by endpoint (ssrc=99999).'],
    ['of another', audio(500), 'Source does not exist or is not owned by endpoint (ssrc=500).'],
    [
      'in a group that is not there',
      sourceContent('audio', source(600) + group('SIM', 600)),
      'Source group does not exist',
    ],
  ])('of a source %s is refused', async (_, contents, text) => {
    const sids = await rig.call({ [alice]: { sources: audio(600) }, [bob]: { sources: audio(500) } });
    const answer = rig.request(alice, 'source-remove', sids[alice] ?? '', contents);
    expect(refusalOf(answer)).toEqual({ type: 'modify', condition: 'bad-request', text });
  });

  it('of nothing is answered and ignored', async () => {
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    expect(rig.request(alice, 'removesource', sids[alice] ?? '')?.attrs.type).toBe('result');
  });
});

describe('transport-info', () => {
  const trickle =
    '<content name="audio"><transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ufrag="abcd" pwd="p" ice-generation="2"><candidate component="1" foundation="1" generation="0" id="x1" ip="127.0.0.1" network="0" port="45555" priority="2130706431" protocol="UDP" type="srflx" rel-addr="10.0.0.1" rel-port="9"/><candidate ip="127.0.0.1"/></transport></content>';

  it('goes to the bridge, even before the accept', async () => {
    const sids = await offered();
    expect(rig.request(alice, 'transport-info', sids.alice, trickle)?.attrs.type).toBe('result');
    expect(rig.bridge.endpointOf(alice).remoteTransports).toEqual([
      {
        ufrag: 'abcd',
        pwd: 'p',
        iceGeneration: 2,
        rtcpMux: true,
        fingerprints: [],
        candidates: [
          {
            foundation: '1',
            component: 1,
            protocol: 'udp',
            priority: 2130706431,
            ip: '127.0.0.1',
            port: 45555,
            type: 'srflx',
            relatedAddress: '10.0.0.1',
            relatedPort: 9,
            generation: 0,
            id: 'x1',
          },
        ],
        webSocketUrls: [],
      },
    ]);
  });

  it('without transport is refused', async () => {
    const sids = await offered();
    expect(refusalOf(rig.request(alice, 'transport-info', sids.alice, '<content name="audio"/>'))).toEqual({
      type: 'modify',
      condition: 'bad-request',
      text: 'missing transport',
    });
  });
});

describe('session-info', () => {
  const iceState = (state: string): string => `<ice-state xmlns="${focusNs}">${state}</ice-state>`;

  it('that ICE failed moves the participant', async () => {
    const sids = await offered();
    const inner = iceState('failed') + bridgeSession(`id="${sids.bridgeSession}"`);
    expect(rig.request(alice, 'session-info', sids.alice, inner)?.attrs.type).toBe('result');
    const terminate = rig.jingle(alice);
    expect(terminate && serialize(terminate, 'urn:xmpp:jingle:1')).toContain('<success/><text>moving</text>');
    expect((await rig.offer(alice)).attrs.sid).not.toBe(sids.alice);
  });

  it.each([
    ['of an old bridge session', iceState('failed') + bridgeSession('id="old"')],
    ['without a bridge session', iceState('failed')],
    ['of another state', iceState('disconnected')],
    ['of something else', '<mute xmlns="urn:xmpp:jingle:apps:rtp:info:1"/>'],
  ])('%s is answered and ignored', async (_, inner) => {
    const sids = await offered();
    expect(rig.request(alice, 'session-info', sids.alice, inner)?.attrs.type).toBe('result');
    expect(rig.jingle(alice)).toBeUndefined();
  });

  const restart = (id: string): string => bridgeSession(`ice-restart="true" id="${id}"`);

  it('that asks for an ICE restart brings the new credentials', async () => {
    const sids = await offered();
    rig.bridge.restartedTransport = {
      ...rig.bridge.endpointOf(alice).transport,
      ufrag: 'new',
      iceGeneration: 1,
    };
    expect(rig.request(alice, 'session-info', sids.alice, restart(sids.bridgeSession))?.attrs.type).toBe(
      'result',
    );
    const iq = await rig.next((stanza) => jingleTo(stanza, alice)?.attrs.action === 'transport-info');
    const [content] = childrenNamed(jingleTo(iq, alice) ?? iq, 'content');
    const transport = content && child(content, 'transport');
    expect([content?.attrs.name, transport?.attrs.ufrag, transport?.attrs['ice-generation']]).toEqual([
      'audio',
      'new',
      '1',
    ]);
  });

  it('that asks for an ICE restart before there is ICE brings nothing', async () => {
    const sids = await offered();
    expect(rig.request(alice, 'session-info', sids.alice, restart(sids.bridgeSession))?.attrs.type).toBe(
      'result',
    );
    await rig.settle();
    expect(rig.jingle(alice)).toBeUndefined();
  });

  it('that asks for an ICE restart is refused for a wrong bridge session, and too soon after another', async () => {
    const sids = await offered();
    expect(refusalOf(rig.request(alice, 'session-info', sids.alice, restart('wrong')))).toEqual({
      type: 'cancel',
      condition: 'item-not-found',
      text: 'wrong is not a currently active session',
    });
    expect(refusalOf(rig.request(alice, 'session-info', sids.alice, restart(sids.bridgeSession)))).toEqual({
      type: 'wait',
      condition: 'resource-constraint',
      text: 'rate-limited',
    });
    rig.clock.advance(5000);
    expect(rig.request(alice, 'session-info', sids.alice, restart(sids.bridgeSession))?.attrs.type).toBe(
      'result',
    );
  });
});

describe('session-terminate', () => {
  const failed = '<reason><connectivity-error/><text>ICE FAILED</text></reason>';

  it('with a restart takes the sources back and brings a new offer', async () => {
    const sids = await offered();
    rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(1)));
    rig.request(bob, 'session-accept', sids.bob, acceptContents());
    rig.jingle(bob);
    const inner = failed + bridgeSession(`id="${sids.bridgeSession}" restart="true"`);
    const before = rig.bridge.endpointOf(alice);
    expect(rig.request(alice, 'session-terminate', sids.alice, inner)?.attrs.type).toBe('result');
    expect(before.isExpired).toBe(true);
    expect(told(rig.jingle(bob))).toEqual([['source-remove', alice, 1]]);
    const offer = await rig.offer(alice);
    expect(child(offer, 'bridge-session')?.attrs.id).toBe(sids.bridgeSession);
    expect(refusalOf(rig.request(alice, 'session-info', sids.alice)).condition).toBe('bad-request');
    const accept = rig.request(alice, 'session-accept', offer.attrs.sid ?? '', acceptContents(audio(1)));
    expect(accept?.attrs.type).toBe('result');
  });

  it('with a restart too soon after another ends the session all the same', async () => {
    const sids = await offered();
    const inner = failed + bridgeSession(`id="${sids.bridgeSession}" restart="true"`);
    rig.request(alice, 'session-terminate', sids.alice, inner);
    const { sid = '' } = (await rig.offer(alice)).attrs;
    rig.clock.advance(1000);
    expect(refusalOf(rig.request(alice, 'session-terminate', sid, inner))).toEqual({
      type: 'wait',
      condition: 'resource-constraint',
      text: 'rate-limited',
    });
    await rig.settle();
    expect(rig.jingle(alice)).toBeUndefined();
    expect(rig.focus.conferences[0]?.participants.map(({ endpointId }) => endpointId)).toEqual([bob]);
    expect(rig.bridge.endpointOf(alice).isExpired).toBe(true);
  });

  it('with a restart is granted again after 5 s', async () => {
    const sids = await offered();
    const inner = failed + bridgeSession(`id="${sids.bridgeSession}" restart="true"`);
    rig.request(alice, 'session-terminate', sids.alice, inner);
    const { sid = '' } = (await rig.offer(alice)).attrs;
    rig.clock.advance(5000);
    expect(rig.request(alice, 'session-terminate', sid, inner)?.attrs.type).toBe('result');
    await rig.offer(alice);
  });

  it('without a restart is final until the member comes back', async () => {
    const sids = await offered();
    const inner = `<reason><decline/></reason>${bridgeSession(`id="${sids.bridgeSession}"`)}`;
    expect(rig.request(alice, 'session-terminate', sids.alice, inner)?.attrs.type).toBe('result');
    rig.join(carol);
    await rig.offer(carol);
    await rig.settle();
    expect(rig.jingle(alice)).toBeUndefined();
    rig.leave(alice);
    rig.join(alice);
    await rig.offer(alice);
  });

  it.each([
    ['a wrong', bridgeSession('id="wrong" restart="true"'), 'wrong is not a currently active session'],
    ['no', '', 'null is not a currently active session'],
  ])('with %s bridge session is refused, and strands the participant', async (_, inner, text) => {
    const sids = await offered();
    expect(refusalOf(rig.request(alice, 'session-terminate', sids.alice, failed + inner))).toEqual({
      type: 'cancel',
      condition: 'item-not-found',
      text,
    });
    await rig.settle();
    expect(rig.jingle(alice)).toBeUndefined();
    expect(rig.focus.conferences[0]?.participants[0]).toMatchObject({ endpointId: alice, state: 'ended' });
    expect(refusalOf(rig.request(alice, 'session-info', sids.alice)).condition).toBe('gone');
  });
});
