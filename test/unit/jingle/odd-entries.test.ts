/** One entry that cannot be used is left out and told of; the session works with the rest. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseJingle } from '../../../src/jingle/jingle.ts';
import type { JingleMessage } from '../../../src/jingle/model.ts';
import { rtpParameters } from '../../../src/rtc/rtp/parameters.ts';
import { buildOfferSdp } from '../../../src/sdp/offer.ts';
import { attributes, parseMediaLine, parseSdp } from '../../../src/sdp/sdp.ts';
import { parseXml } from '../../../src/xml/parse.ts';

const rtp = 'urn:xmpp:jingle:apps:rtp:1';
const ssma = 'urn:xmpp:jingle:apps:rtp:ssma:0';
const extensions = 'urn:xmpp:jingle:apps:rtp:rtp-hdrext:0';
const fingerprint = `<fingerprint xmlns="urn:xmpp:jingle:apps:dtls:0" hash="sha-1" setup="actpass">${'AB:'.repeat(19)}AB</fingerprint>`;
const candidate = (more: string): string =>
  `<candidate foundation="1" component="1" protocol="udp" priority="1" ip="192.0.2.1" port="10000" type="host" ${more}/>`;
const transport = (inner = '', credentials = 'ufrag="uuuu" pwd="pppppppppppppppppppppp"'): string =>
  `<transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ${credentials}>${fingerprint}${inner}</transport>`;
const audio = (inner: string, attrs = 'media="audio"'): string =>
  `<content name="audio"><description xmlns="${rtp}" ${attrs}>${inner}</description>${transport()}</content>`;
const video = (inner: string, ice = transport()): string =>
  `<content name="video"><description xmlns="${rtp}" media="video">${inner}</description>${ice}</content>`;
const opus = '<payload-type id="111" name="opus" clockrate="48000" channels="2"/>';
const vp8 = '<payload-type id="100" name="VP8" clockrate="90000"/>';
const source = (ssrc: string): string => `<source xmlns="${ssma}" ssrc="${ssrc}" name="a-a0"/>`;
const json = (value: unknown): string =>
  `<json-message xmlns="http://jitsi.org/jitmeet">${JSON.stringify(value)}</json-message>`;

interface Read {
  message: JingleMessage;
  leftOut: string[];
}

function read(children: string): Read {
  const leftOut: string[] = [];
  const xml = `<jingle xmlns="urn:xmpp:jingle:1" action="session-initiate" sid="s">${children}</jingle>`;
  return { message: parseJingle(parseXml(xml), (what) => leftOut.push(what)), leftOut };
}

const payloadTypesIn = (message: JingleMessage): string[] =>
  message.contents.flatMap((content) =>
    (content.description?.payloadTypes ?? []).map(
      ({ id, name, clockRate, channels }) => `${id} ${name}/${clockRate}${channels ? `/${channels}` : ''}`,
    ),
  );
const codecsOf = (message: JingleMessage): string[] => rtpParameters(message).codecs.map(({ name }) => name);

describe('payload types', () => {
  it('that RFC 3551 fixes are filled in (case 10)', () => {
    const url = new URL('../../fixtures/cases/10-static-payload-type/offer-part.xml', import.meta.url);
    const { message, leftOut } = read(`<content name="audio">${readFileSync(url, 'utf8').trim()}</content>`);
    expect(payloadTypesIn(message)).toEqual(['111 opus/48000/2', '0 PCMU/8000', '8 PCMA/8000']);
    expect(codecsOf(message)).toEqual(['opus']);
    expect(leftOut).toEqual([]);
  });

  it.each([
    ['<payload-type id="9"/>', '9 G722/8000'],
    ['<payload-type id="10"/>', '10 L16/44100/2'],
    ['<payload-type id="34" name="h263"/>', '34 h263/90000'],
    ['<payload-type id="8" name="" clockrate=""/>', '8 PCMA/8000'],
    ['<payload-type id="0" name="PCMU" clockrate="16000"/>', '0 PCMU/16000'],
    ['<payload-type id="0" name="opus" clockrate="48000"/>', '0 opus/48000'],
  ])('%s is %s', (element, expected) => {
    expect(payloadTypesIn(read(audio(opus + element)).message)).toEqual(['111 opus/48000/2', expected]);
  });

  it.each([
    '<payload-type id="112" name="foo"/>',
    '<payload-type id="112" clockrate="8000"/>',
    '<payload-type id="0" name="foo"/>',
    '<payload-type id="112" name="" clockrate="8000"/>',
    '<payload-type id="112" name="a b" clockrate="8000"/>',
    '<payload-type id="112" name="foo/1" clockrate="8000"/>',
    '<payload-type id="112" name="foo" clockrate="0"/>',
    '<payload-type id="112" name="foo" clockrate="8k"/>',
    '<payload-type id="" name="foo" clockrate="8000"/>',
    '<payload-type id="128" name="foo" clockrate="8000"/>',
    '<payload-type id="x" name="foo" clockrate="8000"/>',
    '<payload-type name="foo" clockrate="8000"/>',
    '<payload-type/>',
    '<payload-type id="111" name="foo" clockrate="8000"/>',
    '<payload-type id="111" name="opus" clockrate="48000" channels="2"/>',
    '<payload-type id="112" name="rtx" clockrate="90000"><parameter name="apt" value="99"/></payload-type>',
  ])('%s is left out', (element) => {
    const { message, leftOut } = read(audio(opus + element) + video(vp8));
    expect(payloadTypesIn(message)).toEqual(['111 opus/48000/2', '100 VP8/90000']);
    expect(codecsOf(message)).toEqual(['opus', 'vp8']);
    expect(leftOut).toHaveLength(1);
  });

  it('with the number of another kind of media are left out', () => {
    const { message } = read(
      audio(opus) + video(`${vp8}<payload-type id="111" name="VP9" clockrate="90000"/>`),
    );
    expect(codecsOf(message)).toEqual(['opus', 'vp8']);
  });

  it('take their retransmissions with them', () => {
    const rtx =
      '<payload-type id="96" name="rtx" clockrate="90000"><parameter name="apt" value="100"/></payload-type>';
    const taken = '<payload-type id="100" name="foo" clockrate="8000"/>';
    const { message, leftOut } = read(
      audio(opus + taken) + video(`${vp8}${rtx}<payload-type id="101" name="VP9" clockrate="90000"/>`),
    );
    expect(payloadTypesIn(message)).toEqual(['111 opus/48000/2', '100 foo/8000', '101 VP9/90000']);
    expect(leftOut).toHaveLength(2);
  });

  it('of a content that has none left cost that content only', () => {
    const { message } = read(audio('<payload-type id="112"/>') + video(vp8));
    const { media } = parseSdp(buildOfferSdp(message));
    expect(media.map((lines) => parseMediaLine(lines).kind)).toEqual(['video']);
  });

  it('keep what is right in them', () => {
    const { message, leftOut } = read(
      audio(
        `<payload-type id="111" name="opus" clockrate="48000" channels=""><parameter/><parameter name="minptime" value="10"/>
         <rtcp-fb xmlns="urn:xmpp:jingle:apps:rtp:rtcp-fb:0" type=""/><rtcp-fb xmlns="urn:xmpp:jingle:apps:rtp:rtcp-fb:0" type="a b"/>
         <rtcp-fb xmlns="urn:xmpp:jingle:apps:rtp:rtcp-fb:0" type="nack" subtype=""/><unknown xmlns="urn:x"/></payload-type>`,
      ),
    );
    expect(message.contents[0]?.description?.payloadTypes).toEqual([
      {
        id: 111,
        name: 'opus',
        clockRate: 48000,
        parameters: [{ name: 'minptime', value: '10' }],
        feedback: [{ type: 'nack' }],
      },
    ]);
    expect(leftOut).toHaveLength(3);
  });
});

describe('header extensions', () => {
  const extension = (attrs: string): string => `<rtp-hdrext xmlns="${extensions}" ${attrs}/>`;
  it.each([
    'id="" uri="urn:x"',
    'id="0" uri="urn:x"',
    'id="256" uri="urn:x"',
    'id="2" uri=""',
    'id="2" uri="urn:x y"',
    'uri="urn:x"',
    'id="1" uri="urn:x"',
    'id="2" uri="urn:ietf:params:rtp-hdrext:ssrc-audio-level"',
  ])('%s is left out', (attrs) => {
    const level = extension('id="1" uri="urn:ietf:params:rtp-hdrext:ssrc-audio-level" senders="odd"');
    const { message, leftOut } = read(audio(opus + level + extension(attrs)));
    expect(message.contents[0]?.description?.headerExtensions).toEqual([
      { id: 1, uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' },
    ]);
    expect(leftOut).toHaveLength(1);
  });
});

describe('sources', () => {
  const good = { ssrc: 7, mediaType: 'audio', name: 'a-a0' };
  it.each([
    source('0'),
    source('4294967296'),
    source('0x10'),
    source(''),
    `<source xmlns="${ssma}" name="x"/>`,
    `<ssrc-group xmlns="${ssma}" semantics="FID"><source/></ssrc-group>`,
    `<ssrc-group xmlns="${ssma}" semantics="FID"><source ssrc="7"/><source ssrc="x"/></ssrc-group>`,
    `<ssrc-group xmlns="${ssma}" semantics=""><source ssrc="7"/></ssrc-group>`,
    `<ssrc-group xmlns="${ssma}" semantics="FID"/>`,
  ])('%s is left out', (element) => {
    const { message, leftOut } = read(audio(opus + source('7') + element));
    expect(message.sources).toEqual({ sources: [good], groups: [] });
    expect(leftOut).toHaveLength(1);
  });

  it.each([
    ['an owner that is no array', { b: {} }],
    ['a list that is none', { b: [{}] }],
    ['a list of text', { b: ['x'] }],
    ['a source that is no object', { b: [[1]] }],
    ['nothing for a source', { b: [[null]] }],
    ['a source without SSRC', { b: [[{}]] }],
    ['an SSRC in a string', { b: [[{ s: '1' }]] }],
    ['an SSRC of 33 bits', { b: [[{ s: 2 ** 32 }]] }],
    ['a group that is no array', { b: [[], [{}]] }],
    ['a group of text', { b: [[], [['f', '1']]] }],
    ['an empty group', { b: [[], [['f']]] }],
    ['an unknown group', { b: [[], [['x', 1]]] }],
  ])('in JSON: %s is left out', (_, odd) => {
    const { message, leftOut } = read(audio(opus) + json({ sources: { ...odd, a: [[], [], [{ s: 7 }]] } }));
    expect(message.sources).toEqual({ sources: [{ ssrc: 7, mediaType: 'audio', owner: 'a' }], groups: [] });
    expect(leftOut).toHaveLength(1);
  });

  it.each(['[]', '{"sources":[]}', '{"sources":', '', '7'])('in JSON that is %j are left out', (text) => {
    const { message, leftOut } = read(
      `${audio(opus + source('7'))}<json-message xmlns="http://jitsi.org/jitmeet">${text}</json-message>`,
    );
    expect(message.sources.sources).toEqual([good]);
    expect(leftOut).toHaveLength(1);
  });
});

describe('transports', () => {
  it.each([
    candidate('type="odd"').replace('type="host" ', ''),
    candidate('port="0"').replace('port="10000" ', ''),
    candidate('protocol="dccp"').replace('protocol="udp" ', ''),
    candidate('ip=""').replace('ip="192.0.2.1" ', ''),
    candidate('component="x"').replace('component="1" ', ''),
    '<candidate/>',
    '<fingerprint xmlns="urn:xmpp:jingle:apps:dtls:0" hash="sha-256">AB:CD</fingerprint>',
    '<fingerprint xmlns="urn:xmpp:jingle:apps:dtls:0" hash="rot-13">AB:CD</fingerprint>',
    '<fingerprint xmlns="urn:xmpp:jingle:apps:dtls:0" hash="">AB:CD</fingerprint>',
    '<web-socket xmlns="http://jitsi.org/protocol/colibri" url=""/>',
    '<web-socket xmlns="http://jitsi.org/protocol/colibri" url="/colibri-ws"/>',
    '<web-socket xmlns="http://jitsi.org/protocol/colibri" url="https://bridge.test/x"/>',
  ])('%s is left out', (element) => {
    const { message, leftOut } = read(video(vp8, transport(candidate('') + element)));
    expect(message.contents[0]?.transport).toMatchObject({
      fingerprints: [{ hash: 'sha-1' }],
      candidates: [{ ip: '192.0.2.1' }],
      webSocketUrls: [],
    });
    expect(leftOut).toHaveLength(1);
  });

  it('that are whole stand in for one that is not', () => {
    const { message } = read(audio(opus).replace('ufrag="uuuu"', 'ufrag=""') + video(vp8));
    const { media } = parseSdp(buildOfferSdp(message));
    expect(media.map((lines) => attributes(lines, 'ice-ufrag'))).toEqual([['uuuu'], ['uuuu']]);
  });
});

describe('contents', () => {
  it.each([
    ['without a name', audio(opus).replace('name="audio"', '')],
    ['with an empty name', audio(opus).replace('name="audio"', 'name=""')],
    ['with empty attributes', audio(opus, 'media="" maxptime=""')],
    ['with unknown elements', audio(`<what xmlns="urn:x"/>${opus}<payload-type xmlns="urn:x"/>`)],
    ['beside one of nothing', `<content/>${audio(opus)}`],
    [
      'beside one of other media',
      `<content name="text"><description xmlns="${rtp}" media="text"/></content>${audio(opus)}`,
    ],
  ])('%s work', (_, contents) => {
    const { message } = read(contents + video(vp8));
    expect(codecsOf(message)).toEqual(['opus', 'vp8']);
    const { media } = parseSdp(buildOfferSdp(message));
    expect(media.map((lines) => parseMediaLine(lines).kind)).toEqual(['audio', 'video']);
  });
});
