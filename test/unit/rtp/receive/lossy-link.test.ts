/** A video source over networks that lose, delay, reorder and repeat. */
import { describe, expect, it } from 'vitest';
import type { LinkFaults } from '../../../support/lossy-link.ts';
import { BridgeModel, ReceiverRig, video } from './rig.ts';

function run(faults: LinkFaults, options: ConstructorParameters<typeof BridgeModel>[2] = {}, frames = 300) {
  const rig = new ReceiverRig();
  rig.receiver.add(video);
  const bridge = new BridgeModel(rig, faults, options);
  // Nobody can know what was lost before the first packet that comes.
  bridge.down.faults = { delay: faults.delay ?? 0 };
  bridge.sendFrame(1);
  rig.clock.advance(50);
  bridge.down.faults = faults;
  bridge.sendFrames(frames);
  // A loss at the very end is found when something follows.
  bridge.down.faults = { delay: faults.delay ?? 0 };
  bridge.sendFrame(1);
  rig.clock.advance(3_000);
  const statistics = rig.receiver.statistics(video.ssrc);
  if (!statistics) throw new Error('no statistics');
  return { rig, bridge, statistics };
}

const expectAll = ({ rig, bridge, statistics }: ReturnType<typeof run>): void => {
  const first = rig.packets[0]?.sequenceNumber ?? 0;
  expect(rig.sequences).toEqual(Array.from({ length: bridge.sent }, (_, index) => first + index));
  expect(rig.packets.some(({ gap }) => gap)).toBe(false);
  expect(statistics).toMatchObject({ packets: bridge.sent, lost: 0, discarded: 0 });
};

describe('video over a link', () => {
  it('without faults comes as it is, and costs no requests', () => {
    const result = run({ delay: 20 });
    expectAll(result);
    expect(result.statistics).toMatchObject({
      frames: 302,
      keyFrames: 1,
      recovered: 0,
      duplicates: 0,
      nacksSent: 0,
      plisSent: 0,
      width: 640,
      height: 360,
      codec: 'vp8',
    });
    expect(result.statistics.jitter).toBeLessThan(0.001);
    expect(result.rig.receiver.nextTimeout()).toBeUndefined();
  });

  it.each([
    { loss: 0.02, delay: 10 },
    { loss: 0.05, delay: 10 },
    { loss: 0.05, delay: 50 },
    { loss: 0.03, delay: 30, jitter: 15 },
    { loss: 0.05, delay: 20, jitter: 5, duplicates: 0.02 },
  ])('with %o is repaired by retransmissions', (faults) => {
    for (const seed of [1, 2, 3]) {
      const result = run(faults, { seed });
      expectAll(result);
      const { statistics, rig, bridge } = result;
      expect(statistics.recovered).toBeGreaterThan(bridge.sent * faults.loss * 0.8);
      expect(statistics.plisSent).toBe(0);
      // Some packets were only late, and some answers were lost too.
      expect(statistics.nacksSent).toBeLessThan(bridge.down.lost * 2 + (faults.jitter ?? 0) * 8);
      expect(rig.receiver.nextTimeout()).toBeUndefined();
    }
  });

  it('is repaired without RTX too', () => {
    const result = run({ loss: 0.05, delay: 20 }, { hasRtx: false });
    expectAll(result);
    expect(result.statistics.recovered).toBeGreaterThan(30);
  });

  it('is repaired wherever the numbers wrap', () => {
    for (let first = 65_530; first < 65_540; first++)
      expectAll(run({ loss: 0.2, delay: 10 }, { first, seed: first, up: {} }, 20));
  });

  it('has a key frame after what could not be repaired', () => {
    const { rig, bridge, statistics } = run({ loss: 0.05, delay: 20 }, { up: { loss: 0.9, delay: 20 } });
    expect(statistics.lost).toBeGreaterThan(0);
    expect(statistics.lost).toBe(bridge.sent - rig.packets.length);
    const gaps = rig.packets.filter(({ gap }) => gap);
    expect(gaps.length).toBeGreaterThan(0);
    expect(statistics.plisSent).toBeGreaterThan(0);
    expect(rig.sequences).toEqual(rig.sequences.toSorted((a, b) => a - b));
  });

  it('is not asked for more often than the answer can come, however slow the link becomes', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    const bridge = new BridgeModel(rig, { loss: 0.03, delay: 5 }, { up: {} });
    bridge.sendFrames(300);
    bridge.down.faults = { loss: 0.03, delay: 300 };
    const before = bridge.down.lost;
    const asked = rig.receiver.statistics(video.ssrc)?.nacksSent ?? 0;
    bridge.sendFrames(300);
    rig.clock.advance(2_000);
    const requests = (rig.receiver.statistics(video.ssrc)?.nacksSent ?? 0) - asked;
    expect(requests).toBeLessThan((bridge.down.lost - before) * 2);
    expect(rig.receiver.statistics(video.ssrc)?.lost).toBe(0);
  });

  it('goes on after an outage', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    const bridge = new BridgeModel(rig, { delay: 20 });
    bridge.sendFrames(30);
    bridge.down.faults = { loss: 1 };
    bridge.sendFrames(150);
    bridge.down.faults = { delay: 20 };
    bridge.sendFrames(60);
    const statistics = rig.receiver.statistics(video.ssrc);
    expect(statistics).toMatchObject({ lost: 600, packets: 360, nacksSent: 0, plisSent: 1, keyFrames: 2 });
    expect(rig.packets.filter(({ gap }) => gap)).toHaveLength(1);
  });
});
