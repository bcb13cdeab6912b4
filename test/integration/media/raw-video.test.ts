/** Raw pictures that are encoded as they come, as somebody else gets them when the way to the bridge becomes narrow and wide again. */
import { describe, expect, it } from 'vitest';
import { join, type LocalTrackStatistics, type RemoteFrame, type RemoteTrack } from '../../../src/index.ts';
import { runFfmpeg } from '../../../src/media/ffmpeg/run-ffmpeg.ts';
import { showRawVideo, type ShowRawVideoOptions } from '../../../src/media/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { waitFor } from '../../support/wait.ts';

const patience = { timeout: 100_000 };

/** A noisy picture, which takes whatever bitrate there is, at its pace; I420. */
function noise(width: number, height: number, seconds: number): AsyncIterable<Uint8Array> {
  const output = `-vf noise=alls=25:allf=t -t ${seconds} -pix_fmt yuv420p -f rawvideo`.split(' ');
  const picture = `testsrc=size=${width}x${height}:rate=20`;
  return runFfmpeg({ purpose: 'to test', inputs: [{ lavfi: picture, options: ['-re'] }], output });
}

class Watched {
  readonly frames: (RemoteFrame & { seenAt: number })[] = [];

  constructor(track: RemoteTrack) {
    void (async () => {
      for await (const frame of track.frames()) this.frames.push({ ...frame, seenAt: performance.now() });
    })();
  }

  /** bit/s of the last two seconds */
  get bitrate(): number {
    const recent = this.frames.filter(({ seenAt }) => performance.now() - seenAt < 2_000);
    return recent.reduce((sum, { data }) => sum + data.length, 0) * 4;
  }
}

const size: ShowRawVideoOptions = { width: 320, height: 180, frameRate: 20 };

describe('raw pictures', () => {
  it('are encoded at the bitrate that fits, and begin anew with key frames', {
    timeout: 300_000,
  }, async () => {
    await using sandbox = await createSandbox();
    const here = { host: sandbox.url, room: 'raw' };
    await using us = await join(here);
    await using viewer = await join(here);
    viewer.requestVideo(720);
    const added = new Promise<RemoteTrack>((resolve) =>
      viewer.once('trackAdded', ({ track }) => resolve(track)),
    );
    using shown = showRawVideo(us, noise(320, 180, 250), { ...size, maxBitrate: 1_200_000 });
    const watched = new Watched(await added);

    await waitFor(() => watched.bitrate > 700_000, { what: 'the full bitrate', ...patience });
    sandbox.faults.mediaRate(400_000, 'up');
    await waitFor(() => watched.bitrate > 0 && watched.bitrate < 400_000, {
      what: 'a lower bitrate',
      ...patience,
    });
    const { length } = watched.frames;
    await waitFor(() => watched.frames.length > length + 40, {
      what: 'frames that get through',
      ...patience,
    });
    sandbox.faults.mediaRate(Infinity);
    await waitFor(() => watched.bitrate > 700_000, { what: 'the full bitrate again', ...patience });

    const keyFrames = watched.frames.filter(({ keyFrame }) => keyFrame);
    expect(keyFrames.length).toBeGreaterThan(2);
    expect(new Set(keyFrames.map(({ height, width }) => `${width}x${height}`))).toEqual(new Set(['320x180']));
    const times = watched.frames.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(shown.video.isStopped).toBe(false);
  });

  it('are encoded in several sizes, and not while nobody looks', { timeout: 300_000 }, async () => {
    await using sandbox = await createSandbox();
    const here = { host: sandbox.url, room: 'sizes' };
    await using us = await join(here);
    await using viewer = await join(here);
    const added = new Promise<RemoteTrack>((resolve) =>
      viewer.once('trackAdded', ({ track }) => resolve(track)),
    );
    using shown = showRawVideo(us, noise(320, 180, 250), {
      ...size,
      layers: [{ height: 90 }, { height: 180 }],
    });
    viewer.requestVideo(180);
    const watched = new Watched(await added);
    const last = (): number | undefined => watched.frames.findLast(({ keyFrame }) => keyFrame)?.height;
    await waitFor(() => last() === 180, { what: 'the large one', ...patience });
    viewer.requestVideo(90);
    await waitFor(() => last() === 90, { what: 'the small one', ...patience });
    await waitFor(() => shown.video.layers[1]?.isWanted === false, { what: 'the end of the large one' });
    const large = (): LocalTrackStatistics | undefined => shown.video.layers[1]?.statistics;
    const before = large();
    const { length } = watched.frames;
    await waitFor(() => watched.frames.length > length + 60, { what: 'more frames', ...patience });
    expect(large()?.frames).toBe(before?.frames);
    // What is not wanted is not even encoded, but for what was under way.
    expect((large()?.unsent ?? 0) - (before?.unsent ?? 0)).toBeLessThan(30);
  });

  it('end when they are over, and say what is wrong with them', async () => {
    await using sandbox = await createSandbox();
    await using us = await join({ host: sandbox.url, room: 'end' });
    const stream = async function* (bytes: number): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(bytes);
    };
    const shown = showRawVideo(us, stream(2 * 320 * 180 * 1.5), size);
    await shown.done;
    expect(shown.video.isStopped).toBe(true);
    await expect(showRawVideo(us, stream(1_000), size).done).rejects.toMatchObject({
      code: 'picture-incomplete',
    });
    expect(() => showRawVideo(us, stream(0), { ...size, width: 1.5 })).toThrow(/no size/);
    const others = { layers: [{ height: 90 }, { height: 360 }] };
    expect(() => showRawVideo(us, stream(0), { ...size, ...others })).toThrow(/higher than the pictures/);
  });
});
