import { describe, expect, it } from 'vitest';
import type { Source, SourceSet, SsrcGroup } from '../../../src/jingle/model.ts';
import { SourceMap } from '../../../src/jingle/source-map.ts';

const video = (ssrc: number, owner = 'a'): Source => ({
  ssrc,
  mediaType: 'video',
  owner,
  name: `${owner}-v0`,
});
const fid = (...ssrcs: number[]): SsrcGroup => ({ semantics: 'FID', ssrcs, mediaType: 'video', owner: 'a' });
const set = (sources: Source[], groups: SsrcGroup[] = []): SourceSet => ({ sources, groups });

describe('SourceMap', () => {
  it('takes twenty thousand sources, and none that is endless', () => {
    const map = new SourceMap();
    const long: Source = { ...video(1), msid: 'x'.repeat(17 * 1024 * 1024) };
    expect(map.add(set([long, video(2)]))).toMatchObject({ added: set([video(2)]), refused: 1 });
    const many = Array.from({ length: 30_000 }, (_, index) => video(index + 1));
    expect(map.add(set(many))).toMatchObject({ refused: 10_000 });
    expect(map.size).toBe(20_000);
    map.remove(set([video(7)]));
    expect(map.add(set([video(40_000), video(40_001)]))).toMatchObject({ refused: 1 });
  });

  it('takes an SSRC into sixteen groups', () => {
    const map = new SourceMap();
    const groups = Array.from(
      { length: 40 },
      (_, index): SsrcGroup => ({ ...fid(1, 2), semantics: `X${index}` }),
    );
    expect(map.add(set([video(1), video(2)], groups)).added.groups).toHaveLength(16);
  });

  it('knows sources by SSRC and by owner', () => {
    const map = new SourceMap();
    map.add(set([video(1), video(2), video(3, 'b'), { ssrc: 4, mediaType: 'audio' }], [fid(1, 2)]));
    expect(map.size).toBe(4);
    expect(map.get(3)).toEqual(video(3, 'b'));
    expect(map.get(9)).toBeUndefined();
    expect(map.ofOwner('a')).toEqual(set([video(1), video(2)], [fid(1, 2)]));
    expect(map.ofOwner(undefined).sources).toEqual([{ ssrc: 4, mediaType: 'audio' }]);
    expect(map.ofOwner('c')).toEqual(set([]));
    expect([...map].map(({ ssrc }) => ssrc)).toEqual([1, 2, 3, 4]);
    expect(map.groupsOf(2)).toEqual([fid(1, 2)]);
    expect(map.all().groups).toEqual([fid(1, 2)]);
  });

  it('keeps what is known of an SSRC that is added again, and says so', () => {
    const map = new SourceMap();
    map.add(set([video(1), video(2)], [fid(1, 2)]));
    const again = map.add(set([video(1, 'b'), video(5)], [fid(1, 2), fid(1, 9), fid()]));
    expect(again).toEqual({ added: set([video(5)]), duplicates: [video(1, 'b')], refused: 0 });
    expect(map.get(1)).toEqual(video(1));
    expect(map.ofOwner('b')).toEqual(set([]));
  });

  it('removes by SSRC alone, with the groups that held it', () => {
    const map = new SourceMap();
    map.add(set([video(1), video(2), video(3)], [fid(1, 2), fid(3, 1)]));
    expect(map.remove(set([{ ssrc: 1, mediaType: 'audio' }, video(7)], [fid(1, 2)]))).toEqual({
      removed: set([video(1)], [fid(1, 2), fid(3, 1)]),
      unknown: [video(7)],
    });
    expect(map.all()).toEqual(set([video(2), video(3)]));
    expect(map.groupsOf(2)).toEqual([]);
  });

  it('removes a group alone, if it is exactly that group', () => {
    const map = new SourceMap();
    map.add(set([video(1), video(2)], [fid(1, 2)]));
    expect(map.remove(set([], [fid(2, 1), fid(1)])).removed.groups).toEqual([]);
    expect(map.remove(set([], [fid(1, 2)])).removed.groups).toEqual([fid(1, 2)]);
    expect(map.all()).toEqual(set([video(1), video(2)]));
  });

  it('can take an SSRC again after it was removed', () => {
    const map = new SourceMap();
    map.add(set([video(1)]));
    map.remove(set([video(1)]));
    expect(map.add(set([video(1, 'b')])).added.sources).toEqual([video(1, 'b')]);
    expect(map.ofOwner('a').sources).toEqual([]);
    expect(map.ofOwner('b').sources).toEqual([video(1, 'b')]);
  });
});
