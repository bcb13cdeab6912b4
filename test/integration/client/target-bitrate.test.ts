/** What fits through the way to the bridge, as a track is told, and what an encoder that heeds it gets through. */
import { describe, expect, it } from 'vitest';
import { type Conference, join, type LocalTrack } from '../../../src/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { waitFor } from '../../support/wait.ts';

const framesPerSecond = 25;
/** bit/s: what this encoder makes at most. */
const wanted = 1_500_000;
const patience = { timeout: 60_000 };

/** Frames as large as is allowed; nobody looks at what is in them. @returns ends it */
function encode(track: LocalTrack): () => void {
  let [count, needsKeyFrame] = [0, true];
  track.on('keyFrameRequested', () => (needsKeyFrame = true));
  const timer = setInterval(() => {
    const bitrate = Math.min(wanted, track.targetBitrate ?? wanted);
    const data = new Uint8Array(Math.max(20, bitrate / 8 / framesPerSecond));
    // RFC 6386, 9.1
    data.set(needsKeyFrame ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 64, 0] : [0x11, 0, 0]);
    if (track.send({ data, timestamp: (count += 1_000 / framesPerSecond), keyFrame: needsKeyFrame }))
      needsKeyFrame = false;
  }, 1_000 / framesPerSecond);
  return () => clearInterval(timer);
}

const received = ({ tracks }: Conference): number =>
  [...tracks.values()].reduce((sum, { statistics }) => sum + statistics.frames, 0);

describe('the target bitrate of a track', () => {
  it('falls with the way to the bridge, and what heeds it gets through', async () => {
    await using sandbox = await createSandbox();
    const here = { host: sandbox.url, room: 'narrow' };
    await using alice = await join(here);
    await using bob = await join(here);
    bob.requestVideo(720);
    const camera = alice.addTrack({ kind: 'video', codec: 'vp8' });
    const sound = alice.addTrack({ kind: 'audio' });
    expect(camera.targetBitrate).toBeUndefined();
    const targets: number[] = [];
    camera.on('targetBitrate', ({ bitrate }) => targets.push(bitrate));
    using _ = { [Symbol.dispose]: encode(camera) };

    await waitFor(() => (targets.at(-1) ?? 0) > wanted && received(bob) > 0, {
      what: 'a target that was found by probes',
      ...patience,
    });
    expect(camera.targetBitrate).toBe(targets.at(-1));

    sandbox.faults.mediaRate(400_000, 'up');
    await waitFor(() => (camera.targetBitrate ?? Infinity) < 400_000, {
      what: 'a lower target',
      ...patience,
    });
    const before = received(bob);
    await waitFor(() => received(bob) > before + 2 * framesPerSecond, {
      what: 'frames that get through',
      ...patience,
    });

    const least = camera.targetBitrate ?? Infinity;
    sandbox.faults.mediaRate(Infinity);
    await waitFor(() => (camera.targetBitrate ?? 0) > 1.1 * least, { what: 'a higher target', ...patience });
    expect(sound.targetBitrate).toBeUndefined();
  });
});
