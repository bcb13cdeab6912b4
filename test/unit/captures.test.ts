/**
 * The recordings, read as a whole: every frame means to our parser what it means to another one, is written back with the same
 * meaning, and every presence in them reads to values that make sense.
 */
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../src/base/errors.ts';
import { buildPresence, type OwnPresence, parsePresence } from '../../src/jitsi/participant-presence.ts';
import { child, isElement, type XmlElement } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { discoInfoOf, parseDiscoInfo } from '../../src/xmpp/disco.ts';
import { capsVer, parseCaps } from '../../src/xmpp/caps.ts';
import { resourceOf } from '../../src/xmpp/jid.ts';
import { buildMucJoin, parseMucUser } from '../../src/xmpp/muc.ts';
import { ns } from '../../src/xmpp/namespaces.ts';
import { presence as buildPresenceStanza } from '../../src/xmpp/stanza.ts';
import { type CanonicalElement, canonicalXml } from '../support/canonical-xml.ts';
import {
  captureFeatures,
  captureFrame,
  captureFrames,
  captureNames,
  readCapture,
} from '../support/captures.ts';
import { elementDifferences } from '../support/element-diff.ts';

const names = captureNames();

/** Frames that the recording client broke on purpose. */
const illFormed = [
  // a start tag that is never finished
  '05-bad-requests.bob:100',
  // two elements in one frame
  '05-bad-requests.xavier:39',
];

interface RecordedFrame {
  /** `recording:line` */
  place: string;
  kind: string;
  text: string;
  /** What our parser makes of it. */
  ours: XmlElement | ParseError;
  /** What another parser and our own reading of the namespace rules make of it; undefined if they refuse it. */
  theirs: CanonicalElement | undefined;
}

const frames: RecordedFrame[] = names.flatMap((name) =>
  captureFrames(name).map(({ line, kind, text }) => ({
    place: `${name}:${line}`,
    kind,
    text,
    ours: parsed(text),
    theirs: secondOpinion(text),
  })),
);

function parsed(text: string): XmlElement | ParseError {
  try {
    return parseXml(text);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

function secondOpinion(text: string): CanonicalElement | undefined {
  try {
    return canonicalXml(text);
  } catch {
    return undefined;
  }
}

/** Our parser's element in the shape that {@link canonicalXml} gives. */
function asCanonical(element: XmlElement): CanonicalElement {
  return {
    name: `{${element.ns}}${element.name}`,
    attributes: Object.entries(element.attrs)
      .map(([name, value]): [string, string] => [expandedAttribute(name), value])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    children: element.children.map((node) => (isElement(node) ? asCanonical(node) : node)),
  };
}

function expandedAttribute(name: string): string {
  if (name.startsWith('{')) return name;
  return name.startsWith('xml:') ? `{http://www.w3.org/XML/1998/namespace}${name.slice(4)}` : `{}${name}`;
}

describe('every frame of every recording', () => {
  const wellFormed = frames.flatMap(({ place, ours, theirs }) =>
    ours instanceof ParseError || !theirs ? [] : [{ place, ours, theirs }],
  );
  const places = (found: readonly { place: string }[]): string[] => found.map(({ place }) => place);
  const isSame = (a: CanonicalElement, b: CanonicalElement): boolean =>
    JSON.stringify(a) === JSON.stringify(b);

  it('is there', () => {
    expect(names).toHaveLength(75);
    expect(frames.length).toBeGreaterThan(4_000);
  });

  it('is accepted or refused alike by our parser and another one', () => {
    const refused = frames.filter(({ ours }) => ours instanceof ParseError);
    expect(places(refused)).toEqual(illFormed);
    for (const { ours } of refused)
      expect(ours).toMatchObject({ code: 'xml-not-well-formed', source: 'xml' });
    expect(places(frames.filter(({ theirs }) => !theirs))).toEqual(illFormed);
  });

  it('means the same to both', () => {
    expect(places(wellFormed.filter(({ ours, theirs }) => !isSame(asCanonical(ours), theirs)))).toEqual([]);
  });

  it('is written back with the same meaning', () => {
    const misread = wellFormed.filter(({ ours, theirs }) => !isSame(canonicalXml(serialize(ours)), theirs));
    expect(places(misread)).toEqual([]);
  });

  it('is written back without prefixes, except for the elements of the stream itself', () => {
    const prefixed = wellFormed.flatMap(({ ours }) => [...serialize(ours).matchAll(/<(\w+:\w+)/g)]);
    expect(new Set(prefixed.map(([, name]) => name))).toEqual(new Set(['stream:error', 'stream:features']));
  });
});

describe('every message of the bridge channel', () => {
  it('is a JSON object with a class', () => {
    const messages = names.flatMap((name) =>
      readCapture(name).filter(({ kind }) => kind === 'channel-sent' || kind === 'channel-received'),
    );
    expect(messages.length).toBeGreaterThan(300);
    for (const { text } of messages) expect(JSON.parse(text)).toHaveProperty('colibriClass');
  });
});

describe('the capabilities hash', () => {
  // This client has an identity.
  const identities = [{ category: 'client', type: 'web', name: 'http://jitsi.org/jitsimeet' }];
  const announcing = names.filter((name) => captureFeatures(name) && versions(name).length > 0);

  it.each(announcing)('%s announced the hash of the features that its header lists', (name) => {
    const features = captureFeatures(name) ?? [];
    expect(versions(name)).toEqual([capsVer({ identities, features, forms: [] })]);
  });

  it('of the browser client is that of the features it answers with', () => {
    const answer = captureFrame('36-breakout.carol', 'sent', 'type="result"', 'disco#info');
    const query = discoInfoOf(parseXml(answer));
    const info = query && parseDiscoInfo(query);
    expect(info?.identities).toEqual([]);
    expect(info && capsVer(info)).toBe('dtzK/3xhISaXUMVg59IpXxdvKyQ=');
    expect(versions('36-breakout.carol')).toEqual(['dtzK/3xhISaXUMVg59IpXxdvKyQ=']);
  });

  function versions(name: string): string[] {
    const found = captureFrames(name, 'sent')
      .filter(({ text }) => text.startsWith('<presence'))
      .flatMap(({ text }) => parseCaps(parseXml(text))?.ver ?? []);
    return [...new Set(found)];
  }
});

describe('every presence from a room', () => {
  const presences = frames.flatMap(({ place, kind, ours }) =>
    kind === 'received' && !(ours instanceof ParseError) && ours.name === 'presence'
      ? [{ place, stanza: ours }]
      : [],
  );
  const available = presences.filter(
    ({ stanza }) => stanza.attrs.type === undefined && parseMucUser(stanza)?.item,
  );

  it('has a role, an affiliation and, from the room, a real address', () => {
    expect(available.length).toBeGreaterThan(500);
    for (const { place, stanza } of available) {
      const { item } = parseMucUser(stanza) ?? {};
      expect(item, place).toMatchObject({
        role: expect.stringMatching(/^(moderator|participant)$/),
        affiliation: expect.stringMatching(/^(owner|member|none)$/),
        jid: expect.stringMatching(/^[^@]+@(auth\.)?meet\.jitsi\.test\/.+/),
      });
    }
  });

  it('has no sources but its own, and mute states that follow from them', () => {
    for (const { place, stanza } of available) {
      const id = resourceOf(stanza.attrs.from ?? '');
      const state = parsePresence(stanza, id);
      if (id === 'focus') continue;
      for (const source of state.sources ?? [])
        expect(source.name, place).toMatch(new RegExp(`^${id}-[av]\\d$`));
      const unmuted = (kind: string): boolean =>
        state.sources?.some(({ mediaType, muted }) => mediaType === kind && !muted) ?? false;
      expect({ audio: state.audioMuted, video: state.videoMuted }, place).toEqual({
        audio: !unmuted('audio'),
        video: !unmuted('video'),
      });
    }
  });

  it('that says somebody is gone has role none', () => {
    const gone = presences.filter(
      ({ stanza }) => stanza.attrs.type === 'unavailable' && parseMucUser(stanza),
    );
    expect(gone.length).toBeGreaterThan(100);
    for (const { place, stanza } of gone) expect(parseMucUser(stanza)?.item?.role, place).toBe('none');
  });
});

describe('single presences', () => {
  const read = (name: string, ...parts: string[]): ReturnType<typeof parsePresence> => {
    const stanza = parseXml(captureFrame(name, 'received', '<presence', ...parts));
    return parsePresence(stanza, resourceOf(stanza.attrs.from ?? ''));
  };
  const browserCaps = {
    node: 'https://jitsi.org/jitsi-meet',
    ver: 'dtzK/3xhISaXUMVg59IpXxdvKyQ=',
    hash: 'sha-1',
  };
  const silence = { audioMuted: true, videoMuted: true, sharing: false, features: [], silent: false };

  it('of a browser that just came', () => {
    expect(read('30-lib-jitsi-meet.alice', '/0d096f1b')).toEqual({
      ...silence,
      displayName: 'bob',
      statsId: 'Kristin-AxV',
      sources: [],
      codecs: ['vp8', 'vp9', 'h264', 'av1'],
      properties: { codecList: 'vp8,vp9,h264,av1' },
      caps: browserCaps,
    });
  });

  it('of a browser with camera and microphone', () => {
    expect(read('30-lib-jitsi-meet.alice', '/0d096f1b', '-v0')).toMatchObject({
      audioMuted: false,
      videoMuted: false,
      sources: [
        { name: '0d096f1b-a0', mediaType: 'audio', muted: false },
        { name: '0d096f1b-v0', mediaType: 'video', muted: false },
      ],
    });
  });

  it('of a browser that unmutes, raises its hand, mutes, unmutes and renames itself', () => {
    const from = `from='ljmtrace17254@conference.meet.jitsi.test/af6c1005'`;
    const states = captureFrames('30-lib-jitsi-meet.bob', 'received')
      .filter(({ text }) => text.startsWith('<presence') && text.includes(from))
      .map(({ text }) => parsePresence(parseXml(text), 'af6c1005'))
      .map(({ displayName, audioMuted, videoMuted, handRaisedAt }) => ({
        displayName,
        audioMuted,
        videoMuted,
        handRaisedAt,
      }));
    const alice = { displayName: 'alice', audioMuted: false, videoMuted: false, handRaisedAt: undefined };
    const handRaisedAt = 1_790_000_000_000;
    expect(states).toEqual([
      { ...alice, audioMuted: true, videoMuted: true },
      alice,
      { ...alice, handRaisedAt },
      { ...alice, handRaisedAt, audioMuted: true },
      { ...alice, handRaisedAt },
      { ...alice, handRaisedAt, displayName: 'Alice B' },
    ]);
  });
});

/**
 * A presence that our builder makes of what a recorded one says. The order of children is the reference client's own at the
 * first presence and depends on its past later, so it does not count.
 */
function rebuilt(recorded: XmlElement): XmlElement {
  const endpointId = resourceOf(recorded.attrs.to ?? '');
  const state = parsePresence(recorded, endpointId);
  const { codecList, raisedHand, ...properties } = state.properties;
  const own: OwnPresence = {
    statsId: state.statsId ?? '',
    caps: state.caps ?? { node: '', ver: '', hash: '' },
    features: state.features,
    sources: state.sources ?? [],
    codecs: codecList?.split(',') ?? [],
    properties,
    ...(raisedHand === undefined ? {} : { handRaisedAt: Number(raisedHand) }),
    ...(state.displayName === undefined ? {} : { displayName: state.displayName }),
  };
  const join = child(recorded, 'x', ns.muc) ? buildMucJoin() : undefined;
  return buildPresenceStanza({ to: recorded.attrs.to }, join, ...buildPresence(own));
}

describe('what the reference browser client sends', () => {
  const sent = [
    '30-lib-jitsi-meet.alice',
    '30-lib-jitsi-meet.bob',
    '31-lib-jitsi-meet-rewriting.alice',
  ].flatMap((name) =>
    captureFrames(name, 'sent').filter(
      ({ text }) => text.startsWith('<presence') && !text.includes('unavailable'),
    ),
  );

  it('our builder writes too, from what our parser read', () => {
    expect(sent).toHaveLength(10);
    for (const frame of sent) {
      const recorded = parseXml(frame.text);
      expect(elementDifferences(rebuilt(recorded), recorded), frame.text).toEqual([]);
    }
  });

  it('comes in the same order when it enters the room', () => {
    const recorded = parseXml(captureFrame('30-lib-jitsi-meet.alice', 'sent', '<presence', ns.muc));
    expect(serialize(rebuilt(recorded))).toBe(serialize(recorded));
  });
});
