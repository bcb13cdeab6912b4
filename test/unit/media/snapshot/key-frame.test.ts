import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../../src/base/event-stream.ts';
import type { RemoteFrame } from '../../../../src/client/media/track-types.ts';
import {
  type KeyFrameOptions,
  nextKeyFrame,
  type SeenTrack,
  type SizedFrame,
} from '../../../../src/media/snapshot/key-frame.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class FakeTrack {
  readonly kind = 'video';
  readonly codec = 'vp8';
  readonly sourceName = 'ab-v0';
  readonly suspended: boolean = false;
  muted = false;
  isRemoved = false;
  properties: Record<string, string> = {};
  readonly asked: string[] = [];
  stream: EventStream<RemoteFrame> | undefined;

  get participant(): SeenTrack['participant'] {
    return { properties: this.properties } as unknown as SeenTrack['participant'];
  }

  frames({ limit = 1, signal }: { limit?: number; signal?: AbortSignal } = {}): EventStream<RemoteFrame> {
    this.stream = new EventStream<RemoteFrame>({ limit, signal });
    return this.stream;
  }

  requestHeight(height: number): () => void {
    this.asked.push(String(height));
    return () => void this.asked.push('withdrawn');
  }

  requestKeyFrame(): void {}
}

function frame(height: number | undefined): RemoteFrame {
  const base = { data: new Uint8Array(1), timestamp: 1, rtpTimestamp: 1, codec: 'vp8' } as const;
  const size = height === undefined ? { keyFrame: false } : { keyFrame: true, width: 2 * height, height };
  return { ...base, ...size } as RemoteFrame;
}

class Rig {
  readonly clock = new ManualClock();
  readonly track = new FakeTrack();

  take(options: Partial<KeyFrameOptions> = {}): Promise<SizedFrame> {
    const all = { maxHeight: 360, timeout: 10_000, signal: undefined, clock: this.clock, ...options };
    return nextKeyFrame(this.track, all);
  }

  async comes(...heights: (number | undefined)[]): Promise<void> {
    for (const height of heights) this.track.stream?.push(frame(height));
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

describe('the key frame of a picture', () => {
  it('is the first that is as high as was asked, for which the bridge is asked meanwhile', async () => {
    const rig = new Rig();
    const taken = rig.take();
    expect(rig.track.asked).toEqual(['360']);
    await rig.comes(undefined, 360);
    expect(await taken).toMatchObject({ width: 720, height: 360 });
    expect(rig.track.asked).toEqual(['360', 'withdrawn']);
    expect(rig.clock.pending).toBe(0);
    expect(rig.track.stream?.isClosed).toBe(true);
  });

  it('is the largest of those that come soon after the first', async () => {
    const rig = new Rig();
    const taken = rig.take({ maxHeight: -1 });
    await rig.comes(180);
    rig.clock.advance(1_000);
    await rig.comes(360, 180);
    rig.clock.advance(499);
    await rig.comes(undefined);
    expect(rig.track.stream?.isClosed).toBe(false);
    rig.clock.advance(1);
    expect(await taken).toMatchObject({ height: 360 });
    expect(rig.track.asked).toEqual(['-1', 'withdrawn']);
  });

  it.each([
    ['muted', 'video-muted', (track: FakeTrack) => (track.muted = true)],
    ['gone', 'video-gone', (track: FakeTrack) => (track.isRemoved = true)],
    [
      'end-to-end encrypted',
      'video-encrypted',
      (track: FakeTrack) => (track.properties['e2ee.enabled'] = 'true'),
    ],
  ])('is none where the video is %s, from the beginning or from now on', async (_, code, change) => {
    const before = new Rig();
    change(before.track);
    await expect(before.take()).rejects.toMatchObject({ code, kind: 'media' });
    expect(before.track.asked).toEqual([]);
    const meanwhile = new Rig();
    const taken = meanwhile.take();
    change(meanwhile.track);
    if (code === 'video-encrypted') await meanwhile.comes(360);
    else meanwhile.track.stream?.close();
    await expect(taken).rejects.toMatchObject({ code });
    expect(meanwhile.track.asked).toEqual(['360', 'withdrawn']);
    expect(meanwhile.clock.pending).toBe(0);
  });

  it('is none where frames look encrypted, whatever presence says', async () => {
    const ended = (height: number | undefined, ...end: number[]): RemoteFrame => {
      return { ...frame(height), data: Uint8Array.from([...Array<number>(40).fill(1), ...end]) };
    };
    const [several, single, chance] = [new Rig(), new Rig(), new Rig()];
    const refused = several.take();
    for (const height of [360, undefined, undefined]) several.track.stream?.push(ended(height, 12, 3));
    await expect(refused).rejects.toMatchObject({ code: 'video-encrypted' });
    const alone = single.take();
    single.track.stream?.push(ended(360, 12, 3));
    await single.comes();
    single.clock.advance(1_500);
    await expect(alone).rejects.toMatchObject({ code: 'video-encrypted' });
    // The next one says that it was none.
    const taken = chance.take();
    chance.track.stream?.push(ended(360, 12, 3));
    chance.track.stream?.push(ended(undefined, 1, 1));
    expect(await taken).toMatchObject({ height: 360 });
  });

  it('is given up after the time, with a word why', async () => {
    const rig = new Rig();
    const taken = rig.take();
    await rig.comes(undefined, undefined);
    rig.clock.advance(10_000);
    await expect(taken).rejects.toMatchObject({ code: 'video-timeout', kind: 'timeout', retryable: true });
    const suspended = new Rig();
    Object.assign(suspended.track, { suspended: true });
    const kept = suspended.take();
    suspended.clock.advance(10_000);
    await expect(kept).rejects.toThrow(/the bridge keeps it back/);
  });

  it('is given up when the caller says so', async () => {
    const rig = new Rig();
    const controller = new AbortController();
    const taken = rig.take({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(taken).rejects.toBe(reason);
    expect(rig.track.asked).toEqual(['360', 'withdrawn']);
    await expect(rig.take({ signal: controller.signal })).rejects.toBe(reason);
    expect(rig.clock.pending).toBe(0);
  });
});
