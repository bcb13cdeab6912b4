import { describe, expect, it } from 'vitest';
import type { LocalTrack } from '../../../../../src/client/media/local/local-track.ts';
import type { LocalFrame } from '../../../../../src/client/media/track-types.ts';
import { fakeSessionMedia } from '../../../../support/fake-rtp.ts';
import { Rig } from './local-rig.ts';

describe('a track that can be sent', () => {
  const carried = (): { rig: Rig; track: LocalTrack; open(): void; rtp: { isUp: boolean } } => {
    const rig = new Rig();
    const track = rig.sources.add({ kind: 'video' });
    for (const name of ['ready', 'wanted'] as const)
      track.on(name, () => rig.told.push(`${name} ${track.isReady} ${track.isWanted}`));
    rig.told.length = 0;
    const { media, rtp } = fakeSessionMedia();
    rtp.isUp = false;
    return { rig, track, rtp, open: () => void rig.sources.carriedBy(media, rig.carrier) };
  };

  it('says so when its session is connected, and in the next again', async () => {
    const { open, rig, rtp, track } = carried();
    const ready = track.ready();
    open();
    rig.sources.transportChanged();
    expect(track.isReady).toBe(false);
    expect(rig.told).toEqual([]);
    rtp.isUp = true;
    rig.sources.transportChanged();
    rig.sources.transportChanged();
    expect(rig.told).toEqual(['ready true true', 'wanted true true']);
    expect([await ready, await track.ready()]).toEqual([true, true]);
    rig.sources.sessionEnded();
    expect(track.isReady).toBe(false);
    open();
    expect(rig.told).toEqual(['ready true true', 'wanted true true', 'ready true true', 'wanted true true']);
  });

  it('says when somebody wants it', () => {
    const { open, rig, rtp, track } = carried();
    rtp.isUp = true;
    open();
    rig.told.length = 0;
    rig.sources.constrained(track.sourceName, 0);
    expect([track.isReady, track.isWanted]).toEqual([true, false]);
    rig.sources.constrained(track.sourceName, 180);
    rig.sources.constrained(track.sourceName, 360);
    expect(rig.told).toEqual(['wanted true true']);
  });

  it('does not while it is muted', () => {
    const { open, rig, rtp, track } = carried();
    track.mute();
    rtp.isUp = true;
    open();
    expect([track.isReady, rig.told]).toEqual([false, ['ab12-v0 shows none']]);
    track.unmute();
    expect(rig.told.slice(1)).toEqual(['ready true true', 'wanted true true', 'ab12-v0 shows camera']);
  });

  it('is not waited for any more when it is stopped, or the caller does not want to', async () => {
    const { track } = carried();
    const controller = new AbortController();
    const waits = [track.ready({ signal: controller.signal }), track.ready()];
    controller.abort();
    expect(await waits[0]).toBe(false);
    track.stop();
    expect(await waits[1]).toBe(false);
    expect(await track.ready()).toBe(false);
  });
});

describe('what is no frame', () => {
  const samples = new Uint8Array(1920);
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a frame without a time', { data: Uint8Array.of(1) }],
    ['a time that is none', { data: Uint8Array.of(1), timestamp: Number.NaN }],
    ['a time in words', { data: Uint8Array.of(1), timestamp: '20' }],
    ['no data', { timestamp: 0 }],
    ['samples', { data: new Int16Array(960), timestamp: 0 }],
    ['samples in floats', { data: new Float32Array(960), timestamp: 0 }],
    ['bytes of samples', { data: samples, timestamp: 0 }],
    ['bytes of loud samples', { data: samples.map((_, index) => (index * 37) & 0xff), timestamp: 0 }],
    ['text', { data: 'abc', timestamp: 0 }],
  ])('is refused with a word: %s', (_, frame) => {
    const track = new Rig().sources.add({ kind: 'audio' });
    expect(() => track.send(frame as LocalFrame)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'frame-invalid' }),
    );
  });

  it('is refused as a packet too', () => {
    const track = new Rig().sources.add({ kind: 'video' });
    const packet = { payload: Uint8Array.of(1), timestamp: 0, marker: true };
    expect(track.sendRtp(packet)).toBe(false);
    for (const wrong of [{ timestamp: undefined }, { payload: [1, 2] }])
      expect(() => track.sendRtp({ ...packet, ...wrong } as never)).toThrow(
        expect.objectContaining({ code: 'frame-invalid' }),
      );
  });
});
