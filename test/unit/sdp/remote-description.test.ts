import { describe, expect, it } from 'vitest';
import type { Source, SourceSet } from '../../../src/jingle/model.ts';
import { RemoteDescription } from '../../../src/sdp/remote-description.ts';
import { attribute, attributes, directionOf, parseMediaLine, parseSdp } from '../../../src/sdp/sdp.ts';
import { caseModel, sdpFixture } from '../../support/jingle-cases.ts';

const offer = caseModel('worked-example.session-initiate');
const sessionId = 1764000000000;

const screen: SourceSet = {
  sources: [4100000001, 4100000002].map(
    (ssrc): Source => ({
      ssrc,
      mediaType: 'video',
      owner: 'b2c3d4e5',
      name: 'b2c3d4e5-v1',
      msid: 'b2c3d4e5-video-1-1 s9-1',
      videoType: 'desktop',
    }),
  ),
  groups: [{ semantics: 'FID', ssrcs: [4100000001, 4100000002], mediaType: 'video', owner: 'b2c3d4e5' }],
};
const microphone: Source = { ssrc: 4100000003, mediaType: 'audio', owner: 'c', name: 'c-a0', msid: 'm t' };

/** kind, mid, port, direction and SSRCs of each m-line */
function outline(description: RemoteDescription): string[] {
  return parseSdp(description.toSdp()).media.map((lines) => {
    const { kind, port } = parseMediaLine(lines);
    const ssrcs = attributes(lines, 'ssrc').map((value) => value.split(' ')[0]);
    return [kind, attribute(lines, 'mid'), port, directionOf(lines), ...ssrcs].join(' ');
  });
}

const initial = [
  'audio 0 9 sendrecv 1818181818',
  'audio 1 9 sendonly 2200000001',
  'video 2 9 sendrecv 1717171717',
  'video 3 9 sendonly 2100000001 2100000002',
  'application 4 9 sendrecv',
];

describe('RemoteDescription in Unified Plan', () => {
  it('appends an m-line for each track that is added', () => {
    const description = new RemoteDescription(offer, { sessionId });
    const before = description.toSdp();
    description.addSources({ sources: [...screen.sources, microphone], groups: screen.groups });
    expect(outline(description)).toEqual([
      ...initial,
      'audio 5 9 sendonly 4100000003',
      'video 6 9 sendonly 4100000001 4100000002',
    ]);
    const { session, media } = parseSdp(description.toSdp());
    expect(attribute(session, 'group')).toBe('BUNDLE 0 1 2 3 4 5 6');
    expect(session[1]).toBe(`o=- ${sessionId} 4 IN IP4 0.0.0.0`);
    // Else it is the m-line that was offered first.
    const remote = parseSdp(before).media[3] ?? [];
    expect(media[6]).toEqual(
      remote.map((line) =>
        line
          .replace('a=mid:3', 'a=mid:6')
          .replace('b2c3d4e5-video-0-1 7d2c-1', 'b2c3d4e5-video-1-1 s9-1')
          .replaceAll('21000000', '41000000'),
      ),
    );
    expect(before).toBe(sdpFixture('worked-example.offer.sdp'));
  });

  it('gives a source the mid that the bridge stamps on its packets', () => {
    const description = new RemoteDescription(offer);
    description.addSources({ sources: [{ ...microphone, mid: 'a1' }], groups: [] });
    description.addSources({ sources: [{ ...microphone, ssrc: 1, mid: 'a1' }], groups: [] });
    expect(outline(description).slice(5)).toEqual(['audio a1 9 sendonly 4100000003', 'audio 6 9 sendonly 1']);
  });

  it('leaves an inactive m-line where a source was, for the next one once that is answered', () => {
    const description = new RemoteDescription(offer);
    const others = offer.sources.sources.filter(({ owner }) => owner !== 'jvb');
    description.removeSources({ sources: others, groups: [] });
    const inactive = [
      'audio 0 9 sendrecv 1818181818',
      'audio 1 9 inactive',
      'video 2 9 sendrecv 1717171717',
      'video 3 9 inactive',
      'application 4 9 sendrecv',
    ];
    expect(outline(description)).toEqual(inactive);
    const { answered, sdp } = description.nextOffer();
    expect(sdp).not.toContain('ssrc-group');
    // Nobody has answered it: the peer connection would not notice that the source is another one.
    description.addSources(offer.sources);
    expect(outline(description)).toEqual([
      ...inactive,
      'audio 5 9 sendonly 2200000001',
      'video 6 9 sendonly 2100000001 2100000002',
    ]);
    answered();
    description.removeSources({
      sources: others.filter(({ mediaType }) => mediaType === 'audio'),
      groups: [],
    });
    description.addSources(screen);
    description.addSources({ sources: [microphone], groups: [] });
    expect(outline(description)).toEqual([
      inactive[0],
      'audio 1 9 sendonly 4100000003',
      inactive[2],
      'video 3 9 sendonly 4100000001 4100000002',
      inactive[4],
      'audio 5 9 inactive',
      'video 6 9 sendonly 2100000001 2100000002',
    ]);
    expect(description.sourcesOf('1')).toEqual([microphone]);
    expect(description.sourcesOf('5')).toEqual([]);
    expect(description.sourcesOf('no such')).toEqual([]);
  });

  it('makes no more m-lines than there were ever sources at once', () => {
    const description = new RemoteDescription(offer);
    for (let ssrc = 1; ssrc <= 1000; ssrc++) {
      const sources = { sources: [{ ...microphone, ssrc }], groups: [] };
      description.addSources(sources);
      description.nextOffer().answered();
      description.removeSources(sources);
      description.nextOffer().answered();
    }
    expect(outline(description)).toHaveLength(initial.length + 1);
  });

  it('receives on the m-line of another where a track of ours has come to be', () => {
    const description = new RemoteDescription(offer);
    expect(description.receivers('video')).toEqual(['2']);
    description.receiveOn(new Set(['0', '3']));
    expect(outline(description)[3]).toBe('video 3 9 sendrecv 2100000001 2100000002');
    expect(description.receivers('video')).toEqual(['2', '3']);
    description.removeSources(offer.sources);
    expect(outline(description)).toEqual([
      'audio 0 9 sendrecv',
      'audio 1 9 inactive',
      'video 2 9 sendrecv',
      'video 3 9 recvonly',
      'application 4 9 sendrecv',
    ]);
    description.nextOffer().answered();
    description.addSources(screen);
    expect(outline(description)[3]).toBe('video 3 9 recvonly');
    expect(outline(description)[5]).toBe('video 5 9 sendonly 4100000001 4100000002');
    description.receiveOn(new Set());
    description.nextOffer().answered();
    description.addSources({ sources: [{ ...microphone, mediaType: 'video' }], groups: [] });
    expect(outline(description)[3]).toBe('video 3 9 sendonly 4100000003');
  });

  it('keeps an m-line open while it has an SSRC, or sends our own track', () => {
    const description = new RemoteDescription(offer);
    const bySsrc = (...ssrcs: number[]) => offer.sources.sources.filter(({ ssrc }) => ssrcs.includes(ssrc));
    description.removeSources({ sources: bySsrc(2100000002, 1818181818), groups: [] });
    expect(outline(description)).toEqual([
      'audio 0 9 sendrecv',
      initial[1],
      initial[2],
      'video 3 9 sendonly 2100000001',
      initial[4],
    ]);
    expect(description.toSdp()).not.toContain('ssrc-group');
  });

  it('ignores what it knows, what it does not know, and media that was not offered', () => {
    const audioOnly = new RemoteDescription({ ...offer, contents: offer.contents.slice(0, 1) });
    audioOnly.addSources({ ...screen, sources: [...screen.sources, ...offer.sources.sources] });
    audioOnly.removeSources(screen);
    expect(outline(audioOnly)).toEqual(initial.slice(0, 2));
  });

  it('appends an m-line for a further track of our own', () => {
    const description = new RemoteDescription(offer);
    expect(description.addReceiver('video')).toBe('5');
    expect(outline(description)[5]).toBe('video 5 9 recvonly');
    const audioOnly = new RemoteDescription({ ...offer, contents: offer.contents.slice(0, 1) });
    expect(audioOnly.addReceiver('video')).toBeUndefined();
  });

  it('takes new ICE credentials on every m-line, later ones too, and keeps the fingerprint', () => {
    const description = new RemoteDescription(offer);
    const transport = caseModel('22-media-ice-restart.alice.transport-info').contents[0]?.transport;
    description.restartIce(transport ?? {});
    description.addSources(screen);
    const { media } = parseSdp(description.toSdp());
    for (const lines of media) {
      expect(attribute(lines, 'ice-ufrag')).toBe('8hbck1k83jgfs5');
      expect(attribute(lines, 'ice-pwd')).toBe('2d2f836o4h3bm3pcoe9la30qd8');
      expect(attribute(lines, 'setup')).toBe('actpass');
      expect(attribute(lines, 'fingerprint')).toContain('5E:2B:91');
      expect(attribute(lines, 'candidate')).toBeUndefined();
    }
  });
});

describe('RemoteDescription in Plan B', () => {
  it('adds to and removes from the m-line of the kind', () => {
    const description = new RemoteDescription(offer, { semantics: 'plan-b' });
    const start = [
      'audio audio 9 sendrecv 1818181818 2200000001',
      'video video 9 sendrecv 1717171717 2100000001 2100000002',
      'application data 9 sendrecv',
    ];
    expect(outline(description)).toEqual(start);
    description.addSources(screen);
    description.addSources(screen);
    expect(outline(description)[1]).toBe(`${start[1]} 4100000001 4100000002`);
    expect(attributes(parseSdp(description.toSdp()).media[1] ?? [], 'ssrc-group')).toHaveLength(2);
    description.removeSources({ sources: screen.sources.slice(1), groups: [] });
    expect(attributes(parseSdp(description.toSdp()).media[1] ?? [], 'ssrc-group')).toHaveLength(1);
    description.removeSources(offer.sources);
    description.removeSources(screen);
    expect(outline(description)).toEqual(['audio audio 9 sendrecv', 'video video 9 sendrecv', start[2]]);
    expect(description.addReceiver('video')).toBeUndefined();
  });

  it('is Unified Plan too until an m-line has several tracks', () => {
    const description = new RemoteDescription({ ...offer, sources: screen }, { semantics: 'plan-b' });
    expect(description.planBTracks).toBeUndefined();
    description.addSources(offer.sources);
    // Two placeholders, a microphone, a camera and a screen.
    expect(description.planBTracks).toBe(5);
    expect(new RemoteDescription(offer).planBTracks).toBeUndefined();
  });
});
