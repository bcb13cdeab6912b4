import { describe, expect, it } from 'vitest';
import { MediaError, ParseError } from '../../../src/base/errors.ts';
import type { JingleMessage } from '../../../src/jingle/model.ts';
import { answerTransport, buildAccept } from '../../../src/sdp/answer.ts';
import { parseCandidate } from '../../../src/sdp/candidate.ts';
import { diffSources, localSources } from '../../../src/sdp/local-sources.ts';
import { parseSdp } from '../../../src/sdp/sdp.ts';
import { caseModel, sdpFixture } from '../../support/jingle-cases.ts';

const offer = caseModel('worked-example.session-initiate');
const answer = sdpFixture('worked-example.answer.sdp');
const options = { endpointId: 'a1b2c3d4', responder: 'a1b2c3d4@meet.example/res1', initialLastN: 25 };

/** Without what the written example leaves out. */
function abridged(message: JingleMessage): JingleMessage {
  const contents = message.contents.map(({ description, ...content }) =>
    description
      ? {
          ...content,
          description: {
            ...description,
            payloadTypes: description.payloadTypes.map((payloadType) => ({ ...payloadType, feedback: [] })),
            headerExtensions: [],
            extmapAllowMixed: false,
          },
        }
      : content,
  );
  return { ...message, contents };
}

describe('buildAccept', () => {
  const accept = buildAccept(offer, answer, options);

  it('makes the session-accept of the worked example', () => {
    const expected = caseModel('worked-example.session-accept');
    expect(abridged(accept)).toEqual({ ...expected, initiator: offer.initiator });
  });

  it('copies feedback and header extensions', () => {
    const video = accept.contents[1]?.description;
    expect(video?.payloadTypes[0]?.feedback).toEqual([
      { type: 'transport-cc' },
      { type: 'ccm', subtype: 'fir' },
      { type: 'nack' },
      { type: 'nack', subtype: 'pli' },
    ]);
    expect(video?.headerExtensions.map(({ id }) => id)).toEqual([3, 5, 10]);
    expect(video?.extmapAllowMixed).toBe(true);
  });

  it('takes the candidates that are in the answer', () => {
    const line = 'a=candidate:1 1 udp 2130706431 192.0.2.2 41184 typ host generation 0';
    const gathered = answer.replace('a=ice-ufrag:kvhf\r\n', `a=ice-ufrag:kvhf\r\n${line}\r\n`);
    expect(buildAccept(offer, gathered, options).contents[2]?.transport?.candidates).toEqual([
      { ...parseCandidate(line), id: 'c0' },
    ]);
  });

  it('does not signal candidates for RTCP, which is multiplexed', () => {
    const lines = [2, 1].map(
      (component) => `a=candidate:1 ${component} udp 1 192.0.2.2 9 typ host generation 0`,
    );
    const gathered = answer.replace('a=ice-ufrag:kvhf\r\n', `a=ice-ufrag:kvhf\r\n${lines.join('\r\n')}\r\n`);
    const { candidates } = answerTransport(parseSdp(gathered));
    expect(candidates.map(({ component, id }) => [component, id])).toEqual([[1, 'c0']]);
  });

  it('takes transport and header extensions from the session when m-lines have none', () => {
    const lines = answer.split('\r\n');
    const shared = (line: string) => /^a=(?:ice-|fingerprint|setup|extmap)/.test(line);
    const head = lines.slice(0, 6);
    const moved = [
      ...head,
      ...new Set(lines.filter(shared)),
      ...lines.slice(6).filter((line) => !shared(line)),
    ];
    const accepted = buildAccept(offer, moved.join('\r\n'), options);
    expect(accepted.contents[2]?.transport).toEqual(accept.contents[2]?.transport);
    expect(accepted.contents[0]?.description?.headerExtensions.length).toBe(4);
  });

  it.each([
    ['a=ice-ufrag:kvhf', /ice-ufrag/],
    ['a=ice-pwd:T4K3TRPE1M2xNdyEwIYHT1aK', /ice-pwd/],
    ['a=setup:active', /setup/],
  ])('refuses an answer without %s', (line, message) => {
    const lacking = answer.replaceAll(`${line}\r\n`, '');
    expect(() => buildAccept(offer, lacking, options)).toThrow(MediaError);
    expect(() => buildAccept(offer, lacking, options)).toThrow(message);
  });

  it('refuses an offer for an answer: the bridge would have no DTLS role', () => {
    expect(() => buildAccept(offer, answer.replaceAll('setup:active', 'setup:actpass'), options)).toThrow(
      MediaError,
    );
  });

  it('refuses other text', () => {
    expect(() => buildAccept(offer, 'hello', options)).toThrow(ParseError);
  });

  it('marks refused and one-way media', () => {
    const [first = '', ...rest] = answer.split('m=audio 9 ');
    const senders = (port: string, direction: string) =>
      buildAccept(offer, [first, ...rest].join(`m=audio ${port} `).replace('a=sendrecv', direction), options)
        .contents[0]?.senders;
    expect(senders('0', 'a=sendrecv')).toBe('rejected');
    expect(senders('0', 'a=bundle-only\r\na=sendrecv')).toBe('both');
    expect(senders('9', 'a=sendonly')).toBe('initiator');
    expect(senders('9', 'a=recvonly')).toBe('responder');
    expect(senders('9', 'a=inactive')).toBe('none');
  });
});

describe('localSources', () => {
  const section = (kind: string, mid: string, ...lines: string[]) =>
    ['m=' + kind + ' 9 UDP/TLS/RTP/SAVPF 100', `a=mid:${mid}`, ...lines, ''].join('\r\n');
  const sourcesOf = (text: string, more: object = {}) =>
    localSources(parseSdp(`v=0\r\n${text}`), { endpointId: 'e', ...more });

  it('counts the tracks of a kind and leaves out what only receives', () => {
    const { sources } = sourcesOf(
      section('video', '0', 'a=sendrecv', 'a=ssrc:1 cname:x') +
        section('video', '1', 'a=recvonly', 'a=ssrc:2 cname:x') +
        section('video', '2', 'a=ssrc:3 msid:s t', 'a=ssrc:3 cname:x') +
        section('video', '3', 'a=sendonly', 'a=msid:s u', 'a=ssrc:4 cname:x') +
        section('video', '4', 'a=sendonly') +
        section('audio', '5', 'a=inactive', 'a=ssrc:5 cname:x'),
    );
    expect(sources).toEqual([
      { ssrc: 1, mediaType: 'video', name: 'e-v0', msid: 'e-video-0-1 e-v0-1', videoType: 'camera' },
      { ssrc: 3, mediaType: 'video', name: 'e-v1', msid: 'e-video-1-1 t-1', videoType: 'camera' },
      { ssrc: 4, mediaType: 'video', name: 'e-v2', msid: 'e-video-2-1 u-1', videoType: 'camera' },
    ]);
  });

  it('keeps the names that m-lines were given', () => {
    const tracks = new Map([
      ['0', { index: 0 }],
      ['2', { index: 1, videoType: 'desktop' }],
    ]);
    const text =
      section('video', '0', 'a=inactive', 'a=ssrc:1 cname:x') +
      section('video', '2', 'a=sendonly', 'a=ssrc:3 msid:s t') +
      section('video', '3', 'a=sendonly', 'a=ssrc:4 msid:s t');
    expect(sourcesOf(text, { tracks, peerConnection: 2 }).sources).toEqual([
      { ssrc: 3, mediaType: 'video', name: 'e-v1', msid: 'e-video-1-2 t-2', videoType: 'desktop' },
    ]);
  });

  it('signals only the groups that Jicofo knows, without the SSRCs of others', () => {
    const found = sourcesOf(
      section(
        'video',
        '0',
        'a=ssrc-group:FID 1 2',
        'a=ssrc-group:FEC-FR 1 3',
        'a=ssrc:1 cname:x',
        'a=ssrc:2 cname:x',
        'a=ssrc:3 cname:x',
      ),
    );
    expect(found.sources.map(({ ssrc }) => ssrc)).toEqual([1, 2]);
    expect(found.groups).toEqual([{ semantics: 'FID', ssrcs: [1, 2], mediaType: 'video' }]);
  });

  it.each([
    ['of retransmissions', 'a=ssrc-group:FID 1 2', [1, 2]],
    ['of layers', 'a=ssrc-group:SIM 1 2 3', [1, 2, 3]],
  ])('announces SSRCs %s that only a group names', (_, group, ssrcs) => {
    const found = sourcesOf(section('video', '0', group, 'a=ssrc:1 msid:s t'));
    expect(found.sources).toEqual(
      ssrcs.map((ssrc) => ({
        ssrc,
        mediaType: 'video',
        name: 'e-v0',
        msid: 'e-video-0-1 t-1',
        videoType: 'camera',
      })),
    );
    expect(found.groups).toMatchObject([{ ssrcs }]);
  });

  it('leaves out groups of fewer than two', () => {
    const lines = ['a=ssrc-group:FID 1', 'a=ssrc-group:SIM', 'a=ssrc:1 msid:s t'];
    expect(sourcesOf(section('video', '0', ...lines))).toMatchObject({ sources: [{ ssrc: 1 }], groups: [] });
  });

  it('refuses an SSRC that is none', () => {
    expect(() => sourcesOf(section('audio', '0', 'a=ssrc:x cname:x'))).toThrow(ParseError);
    expect(() => sourcesOf(section('audio', '0', 'a=ssrc:4294967296 cname:x'))).toThrow(ParseError);
  });

  it('tells what changed', () => {
    const { sources: before } = buildAccept(offer, answer, options);
    const [microphone, ...camera] = before.sources;
    const after = {
      sources: [...(microphone ? [{ ...microphone, ssrc: 9 }] : []), ...camera],
      groups: before.groups,
    };
    expect(diffSources(before, before)).toEqual({
      added: { sources: [], groups: [] },
      removed: { sources: [], groups: [] },
    });
    expect(diffSources(before, after)).toEqual({
      added: { sources: [{ ...microphone, ssrc: 9 }], groups: [] },
      removed: { sources: [microphone], groups: [] },
    });
  });
});
