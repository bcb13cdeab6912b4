/** Who gets how much of a bandwidth that is not enough for all (jitsi-videobridge `BandwidthAllocator.kt`, `SingleSourceAllocation.kt`). */
import { describe, expect, it } from 'vitest';
import { allocateBandwidth } from '../../../../src/sandbox/bridge/media/allocation/bandwidth-allocation.ts';
import {
  consideredLayers,
  type LayerState,
  type VideoWish,
} from '../../../../src/sandbox/bridge/media/allocation/considered-layers.ts';

const layer = (height: number, kbps: number): LayerState => ({
  height,
  bitrate: kbps * 1_000,
  isActive: kbps > 0,
});
const camera = [layer(180, 150), layer(360, 500), layer(720, 1_500)];
const screen = [layer(360, 200), layer(1080, 1_000)];

/** Lines of each, in the order of importance; 0 for what is suspended. */
function heights(
  kbps: number,
  ...wishes: (Partial<VideoWish> & { layers?: readonly LayerState[] })[]
): number[] {
  const requests = wishes.map(({ layers = camera, ...wish }) => {
    const whole: VideoWish = { videoType: 'camera', maxHeight: 720, isOnStage: false, ...wish };
    return { isOnStage: whole.isOnStage, ...consideredLayers(layers, whole) };
  });
  return allocateBandwidth(requests, kbps * 1_000).targets.map((target) => target?.height ?? 0);
}

describe('cameras', () => {
  it('of a tile view become better in turns', () => {
    const both = (kbps: number): number[] => heights(kbps, {}, {});
    expect(both(100)).toEqual([0, 0]);
    expect(both(200)).toEqual([180, 0]);
    expect(both(400)).toEqual([180, 180]);
    expect(both(800)).toEqual([360, 180]);
    expect(both(1_100)).toEqual([360, 360]);
    expect(both(2_100)).toEqual([720, 360]);
    expect(both(Number.POSITIVE_INFINITY)).toEqual([720, 720]);
  });

  it('on stage have 360 lines before the others have anything', () => {
    const stage = (kbps: number): number[] => heights(kbps, { isOnStage: true }, { maxHeight: 180 });
    expect(stage(200)).toEqual([180, 0]);
    expect(stage(500)).toEqual([360, 0]);
    expect(stage(700)).toEqual([360, 180]);
    expect(stage(1_700)).toEqual([720, 180]);
  });

  it('are no higher than is wanted, unless there is nothing less', () => {
    const alone = (maxHeight: number, layers = camera): number[] => heights(9_000, { maxHeight, layers });
    expect(alone(0)).toEqual([0]);
    expect(alone(90)).toEqual([180]);
    expect(alone(359)).toEqual([180]);
    expect(alone(360)).toEqual([360]);
    expect(alone(-1)).toEqual([720]);
    expect(alone(180, [layer(720, 1_500)])).toEqual([720]);
    // Of those that come.
    expect(alone(720, [layer(180, 150), layer(360, 500), layer(720, 0)])).toEqual([360]);
    // The better one that takes no more.
    expect(heights(600, { layers: [layer(180, 150), layer(360, 500), layer(720, 400)] })).toEqual([720]);
  });
});

it('what pauses takes as much as before, of the layers that came', () => {
  const paused = camera.map((each) => ({ ...each, isActive: false }));
  expect(heights(800, { layers: paused }, {})).toEqual([360, 180]);
  expect(heights(100, { layers: paused })).toEqual([0]);
  expect(heights(9_000, { layers: [...paused.slice(0, 2), layer(720, 0)] })).toEqual([360]);
});

describe('screens', () => {
  const shared = { videoType: 'desktop', layers: screen, maxHeight: 1080 } as const;

  it('on stage may take half a Mbit/s more than there is, and a single layer whatever it takes', () => {
    expect(heights(600, { ...shared, isOnStage: true })).toEqual([1080]);
    expect(heights(400, { ...shared, isOnStage: true })).toEqual([360]);
    expect(heights(50, { ...shared, layers: [layer(1080, 3_000)], isOnStage: true })).toEqual([1080]);
  });

  it('elsewhere are suspended as others are', () => {
    expect(heights(600, shared)).toEqual([360]);
    expect(heights(50, shared)).toEqual([0]);
  });
});
