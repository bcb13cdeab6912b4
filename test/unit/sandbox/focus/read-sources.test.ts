import { describe, expect, it } from 'vitest';
import { readSources, UnreadableError } from '../../../../src/sandbox/focus/requests/read-sources.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import { group, source, sourceContent } from '../../../support/focus-rig.ts';

function read(contents: string): ReturnType<typeof readSources> {
  return readSources(parseXml(`<jingle xmlns="urn:xmpp:jingle:1">${contents}</jingle>`));
}

describe('readSources', () => {
  it('reads sources and groups of both kinds of media', () => {
    const contents =
      sourceContent('audio', source(1, 'name="a-a0"', 'm a')) +
      sourceContent(
        'video',
        source(2, 'name="a-v0" videoType="camera"', 'm v') + source(3, '', 'm v') + group('fid', 2, 3),
      );
    expect(read(contents)).toEqual({
      sources: [
        { ssrc: 1, mediaType: 'audio', name: 'a-a0', msid: 'm a' },
        { ssrc: 2, mediaType: 'video', name: 'a-v0', msid: 'm v', videoType: 'camera' },
        { ssrc: 3, mediaType: 'video', msid: 'm v' },
      ],
      groups: [{ semantics: 'FID', ssrcs: [2, 3], mediaType: 'video' }],
    });
  });

  it('reads the msid whether its parameter is in the RTP or in the source namespace', () => {
    const inRtp = source(1).replace('<parameter', '<parameter xmlns="urn:xmpp:jingle:apps:rtp:1"');
    const elsewhere = source(2).replace('<parameter', '<parameter xmlns="urn:example"');
    const { sources } = read(sourceContent('audio', inRtp + elsewhere));
    expect(sources.map(({ msid }) => msid)).toEqual(['stream track-1', undefined]);
  });

  it('reads a source directly under its content', () => {
    expect(read(`<content name="audio">${source(1)}</content>`).sources).toHaveLength(1);
  });

  it('reads the same thing said twice once', () => {
    const twice = source(1) + source(1) + group('SIM', 1) + group('SIM', 1);
    const { sources, groups } = read(sourceContent('video', twice));
    expect([sources.length, groups.length]).toEqual([1, 1]);
  });

  it('reads a source without ssrc as one with an invalid one', () => {
    expect(read(sourceContent('audio', '<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0"/>')).sources).toEqual(
      [{ ssrc: -1, mediaType: 'audio' }],
    );
  });

  it('does not look at JSON', () => {
    const json = '{"sources":{"a":[[],[],[{"s":1}]]}}';
    expect(read(`<json-message xmlns="http://jitsi.org/jitmeet">${json}</json-message>`).sources).toEqual([]);
  });

  it('reads nothing from a data content', () => {
    expect(read('<content name="data"/>')).toEqual({ sources: [], groups: [] });
  });

  it.each([
    ['group semantics', sourceContent('video', source(1) + group('FEC-FR', 1))],
    ['no group semantics', sourceContent('video', group('SIM', 1).replace('semantics="SIM"', ''))],
    ['video type', sourceContent('video', source(1, 'videoType="none"'))],
    ['SSRC', sourceContent('audio', source('abc'))],
    ['SSRC in a group', sourceContent('video', group('SIM', 'x'))],
    ['media type', sourceContent('smell', source(1))],
    ['media type of a content without description', `<content name="0">${source(1)}</content>`],
  ])('cannot read an unknown %s', (_, contents) => {
    expect(() => read(contents)).toThrow(UnreadableError);
  });
});
