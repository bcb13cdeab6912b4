import { describe, expect, it } from 'vitest';
import { ParseError, UsageError } from '../../../src/base/errors.ts';
import { buildJingle, findJingle, parseJingle, transportOf } from '../../../src/jingle/jingle.ts';
import type { JingleMessage } from '../../../src/jingle/model.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';

const rtp = 'urn:xmpp:jingle:apps:rtp:1';
const ssma = 'urn:xmpp:jingle:apps:rtp:ssma:0';

function parse(children: string, attrs = 'action="session-initiate" sid="s"'): JingleMessage {
  return parseJingle(parseXml(`<jingle xmlns="urn:xmpp:jingle:1" ${attrs}>${children}</jingle>`));
}

function failure(action: () => unknown): { source: string; code: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof ParseError) return { source: error.source, code: error.code };
    throw error;
  }
  throw new Error('nothing was thrown');
}

const description = (inner: string, media = 'media="audio"') =>
  `<content name="audio"><description xmlns="${rtp}" ${media}>${inner}</description></content>`;
const source = (ssrc: string) => `<source xmlns="${ssma}" ssrc="${ssrc}"/>`;
const jsonMessage = (json: string) =>
  `<json-message xmlns="http://jitsi.org/jitmeet">${json.replaceAll('<', '&lt;')}</json-message>`;

const change = 'action="source-add" sid="s"';

const empty: JingleMessage = {
  action: 'session-info',
  sid: 's',
  contents: [],
  sources: { sources: [], groups: [] },
};

describe('parseJingle', () => {
  it.each([
    ['no action', () => parse('', 'sid="s"'), 'jingle-missing-attribute'],
    ['no sid', () => parse('', 'action="session-info" sid=""'), 'jingle-missing-attribute'],
    [
      'another element',
      () => parseJingle(parseXml('<jingle xmlns="urn:xmpp:jingle:2"/>')),
      'jingle-not-jingle',
    ],
    [
      'a change of sources in JSON that is none',
      () => parse(jsonMessage('{"sources":'), change),
      'jingle-bad-json',
    ],
    ['a change of sources in an array', () => parse(jsonMessage('[]'), change), 'jingle-bad-json'],
    [
      'a change of sources that are no object',
      () => parse(jsonMessage('{"sources":[]}'), change),
      'jingle-bad-json',
    ],
    ['JSON nested very deep', () => parse(jsonMessage('['.repeat(1_000_000)), change), 'jingle-bad-json'],
  ])('refuses %s', (_, action, code) => {
    expect(failure(action)).toEqual({ source: 'jingle', code });
  });

  it('takes an action that it does not know', () => {
    expect(parse('', 'action="security-info" sid="s"').action).toBe('security-info');
  });

  it('takes the media of a content from its name only if the description has none', () => {
    const sourcesOf = (media: string) => parse(description(source('1'), media)).sources.sources;
    expect(sourcesOf('')).toEqual([{ ssrc: 1, mediaType: 'audio' }]);
    expect(sourcesOf('media="video"')).toMatchObject([{ mediaType: 'video' }]);
    expect(sourcesOf('media="application"')).toEqual([]);
  });

  it('takes a JSON message about something else for one without sources', () => {
    expect(parse(jsonMessage('{"type":"other"}')).sources).toEqual({ sources: [], groups: [] });
  });

  it('keeps owners apart that are called like parts of JavaScript', () => {
    const { sources } = parse(
      jsonMessage('{"sources":{"__proto__":[[{"s":1}]],"constructor":[[],[],[{"s":2}]]}}'),
    ).sources;
    expect(sources.map(({ owner }) => owner)).toEqual(['__proto__', 'constructor']);
    const built = buildJingle(
      {
        ...empty,
        sources: { sources, groups: [{ semantics: 'CONSTRUCTOR', ssrcs: [1], mediaType: 'video' }] },
      },
      { sources: 'json' },
    );
    expect(parseJingle(built).sources).toEqual({ sources, groups: [] });
  });
});

describe('buildJingle', () => {
  const sources = [
    { ssrc: 1, mediaType: 'video' as const, owner: 'b', name: 'b-v0', videoType: 'desktop' as const },
    { ssrc: 2, mediaType: 'audio' as const, owner: 'b', name: 'b-a0', msid: 's t' },
  ];

  it('writes source-add in XML with contents named after their media, without creator and transport', () => {
    const built = buildJingle({ ...empty, action: 'source-add', sources: { sources, groups: [] } });
    expect(serialize(built)).toBe(
      '<jingle xmlns="urn:xmpp:jingle:1" action="source-add" sid="s">' +
        '<content name="audio"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="audio">' +
        '<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="2" name="b-a0">' +
        '<ssrc-info xmlns="http://jitsi.org/jitmeet" owner="b"/>' +
        '<parameter xmlns="urn:xmpp:jingle:apps:rtp:1" name="msid" value="s t"/></source></description></content>' +
        '<content name="video"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="video">' +
        '<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="1" name="b-v0" videoType="desktop">' +
        '<ssrc-info xmlns="http://jitsi.org/jitmeet" owner="b"/></source></description></content></jingle>',
    );
  });

  it('writes source-add in JSON without any content', () => {
    const built = buildJingle(
      {
        ...empty,
        action: 'source-add',
        sources: { sources, groups: [{ semantics: 'FID', ssrcs: [2, 3], mediaType: 'audio', owner: 'b' }] },
      },
      { sources: 'json' },
    );
    expect(serialize(built)).toBe(
      '<jingle xmlns="urn:xmpp:jingle:1" action="source-add" sid="s">' +
        '<json-message xmlns="http://jitsi.org/jitmeet">' +
        '{"sources":{"b":[[{"s":1,"n":"b-v0","v":"d"}],[],[{"s":2,"n":"b-a0","m":"s t"}],[["f",2,3]]]}}' +
        '</json-message></jingle>',
    );
  });

  it('writes no JSON message without sources', () => {
    expect(buildJingle(empty, { sources: 'json' }).children).toEqual([]);
  });

  it('does not write a source without owner as JSON', () => {
    const own = { ...empty, sources: { sources: [{ ssrc: 1, mediaType: 'audio' as const }], groups: [] } };
    expect(() => buildJingle(own, { sources: 'json' })).toThrow(UsageError);
  });

  it('puts sources below a content that has no description', () => {
    const contents = [{ name: 'audio', creator: 'responder' as const }];
    const message = {
      ...empty,
      action: 'session-accept',
      contents,
      sources: { sources: sources.slice(1), groups: [] },
    };
    expect(parseJingle(buildJingle(message))).toEqual(message);
  });
});

it('finds the Jingle of an IQ', () => {
  const iq = parseXml(
    '<iq xmlns="jabber:client"><jingle xmlns="urn:xmpp:jingle:1" action="a" sid="s"/></iq>',
  );
  expect(findJingle(iq)?.attrs).toEqual({ action: 'a', sid: 's' });
  expect(findJingle(parseXml('<iq xmlns="jabber:client"><jingle xmlns="urn:other"/></iq>'))).toBeUndefined();
});

it('finds the first whole transport, or the first', () => {
  const transport = { rtcpMux: true, fingerprints: [], candidates: [], webSocketUrls: [], ufrag: 'u' };
  const contents = [
    { name: 'audio', creator: 'initiator' as const },
    { name: 'video', creator: 'initiator' as const, transport },
  ];
  expect(transportOf({ ...empty, contents })).toBe(transport);
  const whole = { ...transport, pwd: 'p', fingerprints: [{ hash: 'sha-1', value: '00' }] };
  const better = { name: 'data', creator: 'initiator' as const, transport: whole };
  expect(transportOf({ ...empty, contents: [...contents, better] })).toBe(whole);
  expect(transportOf(empty)).toBeUndefined();
});
