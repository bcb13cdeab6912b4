import { describe, expect, it } from 'vitest';
import type { IceCandidate, JingleMessage } from '../../../src/jingle/model.ts';
import { buildOfferSdp } from '../../../src/sdp/offer.ts';
import { attribute, attributes, directionOf, parseMediaLine, parseSdp } from '../../../src/sdp/sdp.ts';
import { caseModel, recordedOffers, sdpFixture } from '../../support/jingle-cases.ts';

const sessionId = 1764000000000;
const example = caseModel('worked-example.session-initiate');

describe('buildOfferSdp', () => {
  it('writes the worked example as Chromium was seen to take it', () => {
    expect(buildOfferSdp(example, { sessionId })).toBe(sdpFixture('worked-example.offer.sdp'));
  });

  it.each(['alice', 'bob', 'carol'])('writes Plan B for %s of recording 02', (who) => {
    const name = `02-xml-sources-three-participants.${who}`;
    const offer = caseModel(`${name}.session-initiate`);
    expect(buildOfferSdp(offer, { sessionId, semantics: 'plan-b' })).toBe(sdpFixture(`${name}.plan-b.sdp`));
  });

  it.each(recordedOffers)('makes a consistent Unified Plan offer of %s', (name) => {
    const offer = caseModel(name);
    const { session, media } = parseSdp(buildOfferSdp(offer));
    const mids = media.map((lines) => attribute(lines, 'mid'));
    expect(new Set(mids).size).toBe(media.length);
    expect(attribute(session, 'group')).toBe(`BUNDLE ${mids.join(' ')}`);
    const ssrcs = media.flatMap((lines) =>
      attributes(lines, 'ssrc').map((value) => Number(value.split(' ')[0])),
    );
    expect(ssrcs).toHaveLength(offer.sources.sources.length);
    expect(new Set(ssrcs)).toEqual(new Set(offer.sources.sources.map(({ ssrc }) => ssrc)));
    const kinds = media.map((lines) => parseMediaLine(lines).kind);
    expect(kinds).toEqual([...kinds].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    for (const [index, lines] of media.entries()) {
      expect(attribute(lines, 'ice-ufrag')).toBe(offer.contents[0]?.transport?.ufrag);
      expect(attribute(lines, 'ice-pwd')).toBe(offer.contents[0]?.transport?.pwd);
      expect(attribute(lines, 'setup')).toBe('actpass');
      expect(attributes(lines, 'fingerprint')).toHaveLength(1);
      // One track a line: a stream and its RTX at most.
      expect(
        new Set(attributes(lines, 'ssrc').map((value) => value.split('msid:')[1])).size,
      ).toBeLessThanOrEqual(1);
      const first = kinds.indexOf(kinds[index] ?? '') === index;
      expect(directionOf(lines)).toBe(first ? 'sendrecv' : 'sendonly');
    }
    const owners = new Set(offer.sources.sources.map(({ owner }) => owner));
    if (owners.has('jvb')) {
      for (const kind of ['audio', 'video']) {
        expect(attribute(media[kinds.indexOf(kind)] ?? [], 'ssrc')).toContain('mixedmslabel');
      }
    }
  });

  it.each(recordedOffers)('makes a Plan B offer of %s with an m-line for each content', (name) => {
    const offer = caseModel(name);
    const { session, media } = parseSdp(buildOfferSdp(offer, { semantics: 'plan-b' }));
    expect(media.map((lines) => attribute(lines, 'mid'))).toEqual(
      offer.contents.map((content) => content.name),
    );
    expect(attribute(session, 'group')).toBe(`BUNDLE ${offer.bundle?.join(' ')}`);
    expect(media.flatMap((lines) => attributes(lines, 'ssrc'))).toHaveLength(offer.sources.sources.length);
    expect(media.flatMap((lines) => attributes(lines, 'ssrc-group'))).toHaveLength(
      offer.sources.groups.length,
    );
  });

  it('drops candidates of the second component, and others on request', () => {
    const candidate = (component: number, protocol: string): IceCandidate => ({
      foundation: `${component}${protocol}`,
      component,
      protocol,
      priority: 1,
      ip: '192.0.2.1',
      port: 9,
      type: 'host',
      generation: 0,
    });
    const candidates = [
      candidate(1, 'udp'),
      candidate(2, 'udp'),
      candidate(1, 'tcp'),
      candidate(1, 'ssltcp'),
    ];
    const offer = withTransport(example, { candidates });
    const found = (protocols?: string[]) =>
      attributes(parseSdp(buildOfferSdp(offer, protocols && { protocols })).media[0] ?? [], 'candidate').map(
        (line) => line.split(' ')[0],
      );
    expect(found()).toEqual(['1udp', '1tcp', '1ssltcp']);
    expect(found(['udp'])).toEqual(['1udp']);
    expect(found(['tcp', 'ssltcp'])).toEqual(['1tcp', '1ssltcp']);
  });

  it('says at session level that cryptex is offered', () => {
    const fingerprints = [{ hash: 'sha-256', value: 'AA:BB', setup: 'actpass' as const, cryptex: true }];
    expect(
      attribute(parseSdp(buildOfferSdp(withTransport(example, { fingerprints }))).session, 'cryptex'),
    ).toBe('');
    expect(attribute(parseSdp(buildOfferSdp(example)).session, 'cryptex')).toBeUndefined();
  });

  it('writes rejected contents with port 0 and everything that the example lacks', () => {
    const offer = caseModel('everything.session-initiate');
    const { media } = parseSdp(buildOfferSdp({ ...offer, sources: { sources: [], groups: [] } }));
    expect(media).toHaveLength(1);
    expect(media[0]?.slice(0, 9)).toEqual([
      'm=video 0 UDP/TLS/RTP/SAVPF 100',
      'c=IN IP4 0.0.0.0',
      'a=rtpmap:100 VP8/90000',
      'a=rtcp:1 IN IP4 0.0.0.0',
      'a=rtcp-fb:* trr-int 100',
      'a=rtcp-fb:* trr-int 200',
      'a=rtcp-fb:100 nack',
      'a=rtcp-fb:* ccm fir',
      'a=extmap:3 urn:example:one',
    ]);
    expect(directionOf(media[0] ?? [])).toBeUndefined();
  });

  it.each([
    ['both', 'sendrecv'],
    ['initiator', 'sendonly'],
    ['responder', 'recvonly'],
    ['none', 'inactive'],
  ] as const)('writes senders %s as %s where nobody sends yet', (senders, direction) => {
    const contents = example.contents.map((content) => ({ ...content, senders }));
    const { media } = parseSdp(buildOfferSdp({ ...example, contents, sources: { sources: [], groups: [] } }));
    expect(media.map(directionOf)).toEqual([direction, direction, direction]);
  });

  it('has no group where Jingle had none', () => {
    const { bundle: _, ...offer } = example;
    expect(attribute(parseSdp(buildOfferSdp(offer)).session, 'group')).toBeUndefined();
  });

  it('puts all layers of a simulcast source into one m-line, in the order of the layers', () => {
    const accept = caseModel('worked-example.session-accept');
    const reversed = [...accept.sources.sources].reverse();
    const { media } = parseSdp(
      buildOfferSdp({ ...accept, sources: { ...accept.sources, sources: reversed } }),
    );
    expect(media).toHaveLength(3);
    expect(attributes(media[1] ?? [], 'ssrc').map((value) => Number(value.split(' ')[0]))).toEqual([
      2641488964, 3100000003, 3100000005, 315475946, 3100000004, 3100000006,
    ]);
    expect(attributes(media[1] ?? [], 'ssrc-group')).toEqual([
      'SIM 2641488964 3100000003 3100000005',
      'FID 2641488964 315475946',
      'FID 3100000003 3100000004',
      'FID 3100000005 3100000006',
    ]);
  });

  it('gives a source without msid one, and strips what lib-jitsi-meet strips', () => {
    const sources = [
      { ssrc: 7, mediaType: 'audio' as const, name: 'b-a0' },
      { ssrc: 8, mediaType: 'audio' as const },
      { ssrc: 9, mediaType: 'audio' as const, msid: 'a{b}/c\\ d,e+\r\na=ice-lite' },
    ];
    const { media } = parseSdp(buildOfferSdp({ ...example, sources: { sources, groups: [] } }));
    expect(media.flatMap((lines) => attributes(lines, 'ssrc'))).toEqual([
      '7 msid:b-a0 b-a0',
      '8 msid:8 8',
      '9 msid:abc dea=ice-lite',
    ]);
  });
});

const order = ['audio', 'video', 'application'];

function withTransport(offer: JingleMessage, change: object): JingleMessage {
  const contents = offer.contents.map((content) =>
    content.transport ? { ...content, transport: { ...content.transport, ...change } } : content,
  );
  return { ...offer, contents };
}
