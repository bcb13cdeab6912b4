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
    const sids = await rig.offered(alice, bob);
    const jingle = `<jingle xmlns="urn:xmpp:jingle:1" action="session-info" sid="${sids.alice}"/>`;
    expect(refusalOf(rig.ask(jingle, { type: 'get' })).condition).toBe('feature-not-implemented');
  });

  it.each(['content-modify', 'content-add', 'description-info', 'session-initiate', 'no-such-action'])(
    'with the action %s gets no answer',
    async (action) => {
      const sids = await rig.offered(alice, bob);
      expect(rig.request(alice, action, sids.alice)).toBeUndefined();
    },
  );

  it('without action gets no answer', async () => {
    const sids = await rig.offered(alice, bob);
    const answer = rig.askFrom(alice, `<jingle xmlns="urn:xmpp:jingle:1" sid="${sids.alice}"/>`);
    expect(answer).toBeUndefined();
  });

  it.each(['session-accept', 'transport-info', 'source-add', 'session-info', 'session-terminate'])(
    'on a session that has ended is told so: %s',
    async (action) => {
      const sids = await rig.offered(alice, bob);
      rig.request(alice, 'session-terminate', sids.alice, bridgeSession('id="other"'));
      expect(refusalOf(rig.request(alice, action, sids.alice))).toEqual({
        type: 'cancel',
        condition: 'gone',
        text: 'session ended',
      });
    },
  );

  it('has its text in the namespace in which Jicofo writes it', async () => {
    const sids = await rig.offered(alice, bob);
    const answer = rig.request(alice, 'source-add', sids.alice, audio(0));
    const error = answer && child(answer, 'error');
    expect(error && serialize(error, 'jabber:client')).toBe(
      '<error type="modify"><bad-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/><text xml:lang="en">Invalid SSRC: 0.</text></error>',
    );
  });
});

describe('session-accept', () => {
  it('gives the bridge the first transport, the sources and lastN', async () => {
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
    expect(rig.request(alice, 'session-accept', sids.alice)?.attrs.type).toBe('result');
    expect(rig.focus.conferences[0]?.participants[0]?.state).toBe('active');
    expect(rig.bridge.endpointOf(alice).remoteTransports).toEqual([]);
  });

  it('may come again and then adds its sources', async () => {
    const sids = await rig.offered(alice, bob);
    rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(1)));
    expect(rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(2)))?.attrs.type).toBe(
      'result',
    );
    expect(rig.focus.conferences[0]?.participants[0]?.sources.sources.map(({ ssrc }) => ssrc)).toEqual([
      1, 2,
    ]);
  });

  it('that is refused ends the session: there is no second try', async () => {
    const sids = await rig.offered(alice, bob);
    rig.request(bob, 'session-accept', sids.bob, acceptContents(audio(909)));
    const refused = rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(909)));
    expect(refusalOf(refused).text).toBe('SSRC is already used: 909.');
    const again = rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(910)));
    expect(refusalOf(again)).toEqual({ type: 'cancel', condition: 'gone', text: 'session ended' });
    expect(rig.bridge.endpointOf(alice).remoteTransports).toEqual([]);
  });

  it('that cannot be read gets no answer and leaves the session half active', async () => {
    const sids = await rig.offered(alice, bob);
    const unreadable = sourceContent('video', source(1) + source(2) + group('FEC-FR', 1, 2));
    expect(rig.request(alice, 'session-accept', sids.alice, acceptContents(unreadable))).toBeUndefined();
    expect(rig.focus.conferences[0]?.participants[0]).toMatchObject({
      state: 'active',
      sources: { sources: [] },
    });
  });

  it('with its sources in JSON is accepted, without sources', async () => {
    const sids = await rig.offered(alice, bob);
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

describe('transport-info', () => {
  const trickle =
    '<content name="audio"><transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ufrag="abcd" pwd="p" ice-generation="2"><candidate component="1" foundation="1" generation="0" id="x1" ip="127.0.0.1" network="0" port="45555" priority="2130706431" protocol="UDP" type="srflx" rel-addr="10.0.0.1" rel-port="9"/><candidate ip="127.0.0.1"/></transport></content>';

  it('goes to the bridge, even before the accept', async () => {
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
    expect(rig.request(alice, 'session-info', sids.alice, inner)?.attrs.type).toBe('result');
    expect(rig.jingle(alice)).toBeUndefined();
  });

  const restart = (id: string): string => bridgeSession(`ice-restart="true" id="${id}"`);

  it('that asks for an ICE restart brings the new credentials', async () => {
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
    expect(rig.request(alice, 'session-info', sids.alice, restart(sids.bridgeSession))?.attrs.type).toBe(
      'result',
    );
    await rig.settle();
    expect(rig.jingle(alice)).toBeUndefined();
  });

  it('that asks for an ICE restart is refused for a wrong bridge session, and too soon after another', async () => {
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
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

  it('with a restart is granted five times a minute', async () => {
    const sids = await rig.offered(alice, bob);
    const inner = failed + bridgeSession(`id="${sids.bridgeSession}" restart="true"`);
    let sid = sids.alice;
    for (let granted = 0; granted < 5; granted += 1) {
      expect(rig.request(alice, 'session-terminate', sid, inner)?.attrs.type).toBe('result');
      sid = (await rig.offer(alice)).attrs.sid ?? '';
      rig.clock.advance(6000);
    }
    expect(refusalOf(rig.request(alice, 'session-terminate', sid, inner)).text).toBe('rate-limited');
  });

  it('with a restart is granted again after 5 s', async () => {
    const sids = await rig.offered(alice, bob);
    const inner = failed + bridgeSession(`id="${sids.bridgeSession}" restart="true"`);
    rig.request(alice, 'session-terminate', sids.alice, inner);
    const { sid = '' } = (await rig.offer(alice)).attrs;
    rig.clock.advance(5000);
    expect(rig.request(alice, 'session-terminate', sid, inner)?.attrs.type).toBe('result');
    await rig.offer(alice);
  });

  it('without a restart is final until the member comes back', async () => {
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
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
