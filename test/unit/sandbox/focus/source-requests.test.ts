/** Sources that clients add and remove, as raw text: the refusals of the real focus, and what the others are told. */
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
  room,
  source,
  sourceContent,
} from '../../../support/focus-rig.ts';

const alice = 'aaaaaaaa';
const bob = 'bbbbbbbb';
const carol = 'cccccccc';

let rig: FocusRig;
beforeEach(() => {
  rig = new FocusRig();
});

const audio = (ssrc: number | string, msid?: string): string =>
  sourceContent('audio', source(ssrc, '', msid));

/** Source ids that a source-add or source-remove tells of. */
function told(jingle: XmlElement | undefined): [string | undefined, string | undefined, number][] {
  if (!jingle) return [];
  return parseJingle(jingle).sources.sources.map(({ owner, ssrc }) => [jingle.attrs.action, owner, ssrc]);
}

describe('relaying of sources', () => {
  it('waits for the receiver to accept, and then is done before its answer', async () => {
    const sids = await rig.offered(alice, bob);
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
    const sids = await rig.offered(alice, bob);
    rig.request(alice, 'session-accept', sids.alice, acceptContents(audio(1)));
    rig.request(alice, 'source-remove', sids.alice, audio(1));
    rig.request(bob, 'session-accept', sids.bob, acceptContents());
    expect(rig.jingle(bob)).toBeUndefined();
  });
});

const video = (...inner: string[]): string => sourceContent('video', inner.join(''));
const many = (count: number): string =>
  Array.from({ length: count }, (_, index) => source(1000 + index)).join('');
const pairs = (count: number): string =>
  Array.from({ length: count }, (_, index) => group('SIM', 1000, 1001 + index)).join('');

/** What each rule refuses, and its words, in a conference where alice has the source 600 and bob the source 500. */
const refused: readonly [what: string, contents: string, text: string][] = [
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
];

/** What Jicofo's parser throws at. */
const unreadable: readonly [what: string, contents: string][] = [
  ['an unknown kind of group', video(source(1), group('FEC-FR', 1))],
  ['an unknown kind of video', video(source(1, 'videoType="none"'))],
  ['an SSRC that is no number', audio('abc')],
  ['an unknown kind of media', sourceContent('smell', source(1))],
];

describe('source-add', () => {
  it.each(refused)('with %s is refused and changes nothing', async (_, contents, text) => {
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

  it.each(unreadable)('with %s gets no answer', async (_, contents) => {
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

describe('session-accept', () => {
  /** Alice's session has sources and has ended, her new offer is out. */
  async function offeredAgain(): Promise<string> {
    await rig.call({ [alice]: { sources: audio(600, 'own') }, [bob]: { sources: audio(500, 'bobs msid') } });
    rig.focus.move(room, alice);
    const { sid = '' } = (await rig.offer(alice)).attrs;
    rig.outbox.length = 0;
    return sid;
  }

  it.each(refused.filter(([what]) => what !== 'its own SSRC again'))(
    'with %s is refused for good, and nobody is told',
    async (what, contents, text) => {
      // No source is there any more that these would be too many with.
      const more = what.startsWith('too many') ? audio(600, 'own') : '';
      const sid = await offeredAgain();
      const answer = rig.request(alice, 'session-accept', sid, acceptContents(contents + more));
      expect(refusalOf(answer)).toEqual({ type: 'modify', condition: 'bad-request', text });
      expect(rig.jingle(bob)).toBeUndefined();
      expect(refusalOf(rig.request(alice, 'session-accept', sid, acceptContents())).condition).toBe('gone');
    },
  );

  it.each(unreadable)('with %s gets no answer', async (_, contents) => {
    const sid = await offeredAgain();
    expect(rig.request(alice, 'session-accept', sid, acceptContents(contents))).toBeUndefined();
    expect(rig.jingle(bob)).toBeUndefined();
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
    [
      'without which two streams have one msid',
      sourceContent('video', source(1, '', '')),
      'MSID is already used: m.',
    ],
    ['of another', audio(500), 'Source does not exist or is not owned by endpoint (ssrc=500).'],
    [
      'in a group that is not there',
      sourceContent('audio', source(600) + group('SIM', 600)),
      'Source group does not exist',
    ],
  ])('of a source %s is refused', async (_, contents, text) => {
    const layers = [1, 2, 3].map((ssrc) => source(ssrc, '', 'm')).join('') + group('SIM', 1, 2, 3);
    const sids = await rig.call({
      [alice]: { sources: audio(600) + sourceContent('video', layers) },
      [bob]: { sources: audio(500) },
    });
    const answer = rig.request(alice, 'source-remove', sids[alice] ?? '', contents);
    expect(refusalOf(answer)).toEqual({ type: 'modify', condition: 'bad-request', text });
  });

  it('of somebody who has no sources is refused', async () => {
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    const answer = rig.request(alice, 'source-remove', sids[alice] ?? '', audio(1));
    expect(refusalOf(answer)).toEqual({
      type: 'modify',
      condition: 'bad-request',
      text: 'Source does not exist or is not owned by endpoint null.',
    });
  });

  it('of nothing is answered and ignored', async () => {
    const sids = await rig.call({ [alice]: {}, [bob]: {} });
    expect(rig.request(alice, 'removesource', sids[alice] ?? '')?.attrs.type).toBe('result');
  });
});
