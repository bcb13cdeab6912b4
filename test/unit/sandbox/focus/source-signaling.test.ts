import { describe, expect, it } from 'vitest';
import type { Source, SourceSet, SsrcGroup } from '../../../../src/jingle/model.ts';
import { assumedFeatures } from '../../../../src/sandbox/focus/features.ts';
import { SourceSignaling, stripSimulcast } from '../../../../src/sandbox/focus/sessions/source-signaling.ts';

function video(ssrc: number, owner = 'alice'): Source {
  return { ssrc, mediaType: 'video', owner };
}

function group(semantics: string, ...ssrcs: number[]): SsrcGroup {
  return { semantics, ssrcs, mediaType: 'video', owner: 'alice' };
}

function set(sources: Source[], groups: SsrcGroup[] = []): SourceSet {
  return { sources, groups };
}

describe('stripSimulcast', () => {
  it('leaves the first layer and its RTX', () => {
    const all = set(
      [1, 2, 3, 4, 5, 6].map((ssrc) => video(ssrc)),
      [group('SIM', 1, 2, 3), group('FID', 1, 4), group('FID', 2, 5), group('FID', 3, 6)],
    );
    expect(stripSimulcast(all)).toEqual(set([video(1), video(4)], [group('FID', 1, 4)]));
  });

  it('leaves what is no simulcast', () => {
    const all = set([video(1), video(2), video(3)], [group('FID', 1, 2)]);
    expect(stripSimulcast(all)).toEqual(all);
  });
});

describe('SourceSignaling', () => {
  it('says each change once, as a difference', () => {
    const signaling = new SourceSignaling(assumedFeatures);
    expect(signaling.reset(set([video(1)]))).toEqual(set([video(1)]));
    signaling.add(set([video(1), video(2)]));
    expect(signaling.update()).toEqual({ added: set([video(2)]), removed: set([]) });
    signaling.remove(set([video(1)]));
    expect(signaling.update()).toEqual({ added: set([]), removed: set([video(1)]) });
    expect(signaling.update()).toEqual({ added: set([]), removed: set([]) });
  });

  it('says nothing of what came and went in between', () => {
    const signaling = new SourceSignaling(assumedFeatures);
    signaling.add(set([video(1)]));
    signaling.remove(set([video(1)]));
    expect(signaling.update()).toEqual({ added: set([]), removed: set([]) });
  });

  it('says nothing of media that the participant cannot do', () => {
    const signaling = new SourceSignaling({ ...assumedFeatures, video: false });
    signaling.add(set([video(1), { ssrc: 2, mediaType: 'audio' }], [group('FID', 1, 3)]));
    expect(signaling.update().added).toEqual(set([{ ssrc: 2, mediaType: 'audio' }]));
  });

  it('forgets silently, and tells again of what comes back', () => {
    const signaling = new SourceSignaling(assumedFeatures);
    signaling.reset(set([video(1), video(2, 'bob')]));
    signaling.forget('alice');
    expect(signaling.update()).toEqual({ added: set([]), removed: set([]) });
    signaling.add(set([video(1)]));
    expect(signaling.update().added).toEqual(set([video(1)]));
  });
});
