import { describe, expect, it } from 'vitest';
import type { MediaType, Source, SsrcGroup } from '../../../../src/jingle/model.ts';
import { ConferenceSources } from '../../../../src/sandbox/focus/sessions/conference-sources.ts';

function video(ssrc: number, msid?: string): Source {
  return of('video', ssrc, msid);
}

function of(mediaType: MediaType, ssrc: number, msid?: string): Source {
  return msid === undefined ? { ssrc, mediaType } : { ssrc, mediaType, msid };
}

function group(semantics: string, ...ssrcs: number[]): SsrcGroup {
  return { semantics, ssrcs, mediaType: 'video' };
}

function refusal(
  sources: Source[],
  groups: SsrcGroup[] = [],
  before?: (all: ConferenceSources) => void,
): string {
  const all = new ConferenceSources();
  before?.(all);
  const change = all.add('alice', { sources, groups });
  return change.ok ? 'accepted' : change.text;
}

const bobHas =
  (...sources: Source[]) =>
  (all: ConferenceSources): void =>
    void all.add('bob', { sources, groups: [] });

describe('adding sources', () => {
  it.each([
    ['SSRC 0', [video(0)], [], undefined, 'Invalid SSRC: 0.'],
    ['SSRC missing', [video(-1)], [], undefined, 'Invalid SSRC: -1.'],
    ['SSRC 2^32', [video(2 ** 32)], [], undefined, 'Invalid SSRC: 4294967296.'],
    ['SSRC 2^32-1', [video(2 ** 32 - 1)], [], undefined, 'accepted'],
    ["another's SSRC", [video(5)], [], bobHas(video(5)), 'SSRC is already used: 5.'],
    ["another's msid", [video(6, 's t')], [], bobHas(video(5, 's t')), 'MSID is already used: s t.'],
    [
      '21 sources',
      Array.from({ length: 21 }, (_, index) => video(index + 1)),
      [],
      undefined,
      'SSRC limit (20) exceeded.',
    ],
    ['20 sources', Array.from({ length: 20 }, (_, index) => video(index + 1)), [], undefined, 'accepted'],
    [
      'an unknown SSRC in a group',
      [video(1, 'm')],
      [group('FID', 1, 2)],
      undefined,
      "An SSRC group contains an SSRC, which hasn't been signaled as a source: [1, 2].",
    ],
    [
      'three SSRCs in a FID group',
      [video(1, 'm'), video(2, 'm'), video(3, 'm')],
      [group('FID', 1, 2, 3)],
      undefined,
      'Invalid FID group: [1, 2, 3].',
    ],
    [
      'a grouped source without msid',
      [video(1, 'm'), video(2)],
      [group('FID', 1, 2)],
      undefined,
      "Required source parameter 'msid' is not present.",
    ],
    [
      'two msids in a group',
      [video(1, 'm'), video(2, 'n')],
      [group('FID', 1, 2)],
      undefined,
      'SsrcGroup contains sources with different MSIDs: [1, 2].',
    ],
    [
      'two ungrouped streams with one msid',
      [video(1, 'm'), video(2, 'm')],
      [],
      undefined,
      'MSID is already used: m.',
    ],
    [
      'two FID groups with one msid',
      [video(1, 'm'), video(2, 'm'), video(3, 'm'), video(4, 'm')],
      [group('FID', 1, 2), group('FID', 3, 4)],
      undefined,
      'MSID is already used: m.',
    ],
    ['audio and video with one msid', [video(1, 'm'), of('audio', 2, 'm')], [], undefined, 'accepted'],
    ['an empty group', [video(1)], [group('SIM')], undefined, 'accepted'],
    ['no msid at all', [video(1), video(2)], [], undefined, 'accepted'],
    [
      'three layers with RTX',
      [1, 2, 3, 4, 5, 6].map((ssrc) => video(ssrc, 'm')),
      [group('SIM', 1, 2, 3), group('FID', 1, 4), group('FID', 2, 5), group('FID', 3, 6)],
      undefined,
      'accepted',
    ],
  ])('%s', (_, sources, groups, before, expected) => {
    expect(refusal(sources, groups, before)).toBe(expected);
  });

  it('refuses more than 20 groups', () => {
    const sources = Array.from({ length: 7 }, (_, index) => video(index + 1, 'm'));
    const groups = sources.flatMap(({ ssrc }, index) =>
      sources.slice(index + 1).map((other) => group('SIM', ssrc, other.ssrc)),
    );
    expect(groups).toHaveLength(21);
    expect(refusal(sources, groups)).toBe('ssrc-group limit (20) exceeded.');
  });

  it('refuses what one has already, and then changes nothing', () => {
    const all = new ConferenceSources();
    all.add('alice', { sources: [video(1)], groups: [] });
    const before = all.of('alice');
    expect(all.add('alice', { sources: [video(2), video(1)], groups: [] })).toEqual({
      ok: false,
      text: 'SSRC is already used: 1.',
    });
    expect(all.of('alice')).toEqual(before);
    expect(all.add('bob', { sources: [video(2)], groups: [] }).ok).toBe(true);
  });

  it('counts what was there before against the limit', () => {
    const all = new ConferenceSources();
    all.add('alice', { sources: Array.from({ length: 15 }, (_, index) => video(index + 1)), groups: [] });
    const more = Array.from({ length: 6 }, (_, index) => video(index + 100));
    expect(all.add('alice', { sources: more, groups: [] }).ok).toBe(false);
    expect(all.add('alice', { sources: more.slice(1), groups: [] }).ok).toBe(true);
  });

  it('leaves out groups that are there already', () => {
    const all = new ConferenceSources();
    const pair = { sources: [video(1, 'm'), video(2, 'm')], groups: [group('FID', 1, 2)] };
    all.add('alice', pair);
    const again = all.add('alice', { sources: [video(3)], groups: pair.groups });
    expect(again.ok && again.changed.groups).toEqual([]);
  });
});

describe('removing sources', () => {
  function withPair(): ConferenceSources {
    const all = new ConferenceSources();
    all.add('alice', {
      sources: [video(1, 'm'), video(2, 'm'), of('audio', 3, 'a')],
      groups: [group('FID', 1, 2)],
    });
    return all;
  }

  it.each([
    ['unknown SSRC', [video(9)], [], 'Source does not exist or is not owned by endpoint (ssrc=9).'],
    ['a group that is not there', [video(1)], [group('FID', 2, 1)], 'Source group does not exist'],
  ])('%s', (_, sources, groups, text) => {
    expect(withPair().remove('alice', { sources, groups })).toEqual({ ok: false, text });
  });

  it("refuses another's source, and anything of somebody who has none", () => {
    const all = withPair();
    all.add('bob', { sources: [video(7)], groups: [] });
    expect(all.remove('bob', { sources: [video(1)], groups: [] }).ok).toBe(false);
    expect(all.remove('carol', { sources: [video(1)], groups: [] })).toEqual({
      ok: false,
      text: 'Source does not exist or is not owned by endpoint null.',
    });
  });

  it('matches by SSRC alone and takes touched groups along', () => {
    const all = withPair();
    const change = all.remove('alice', { sources: [video(2)], groups: [] });
    expect(change).toEqual({
      ok: true,
      changed: {
        sources: [{ ...video(2, 'm'), owner: 'alice' }],
        groups: [{ ...group('FID', 1, 2), owner: 'alice' }],
      },
    });
    expect(all.of('alice').sources.map(({ ssrc }) => ssrc)).toEqual([1, 3]);
  });

  it('refuses to leave two ungrouped layers with one msid', () => {
    const all = new ConferenceSources();
    all.add('alice', { sources: [1, 2, 3].map((ssrc) => video(ssrc, 'm')), groups: [group('SIM', 1, 2, 3)] });
    const change = all.remove('alice', { sources: [video(3)], groups: [] });
    expect(change).toEqual({ ok: false, text: 'MSID is already used: m.' });
  });

  it('frees SSRCs and msids', () => {
    const all = withPair();
    all.removeAll('alice');
    expect(all.of('alice').sources).toEqual([]);
    expect(all.add('bob', { sources: [video(1, 'm')], groups: [] }).ok).toBe(true);
  });

  it('keeps an msid taken while another source has it', () => {
    const all = withPair();
    all.remove('alice', { sources: [video(2)], groups: [] });
    expect(all.add('bob', { sources: [video(8, 'm')], groups: [] }).ok).toBe(false);
  });
});
