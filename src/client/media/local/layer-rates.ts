/**
 * Which layers of a video are wanted, and what each may take: none above the height that anybody looks at, and from the smallest up as many as fit through
 * the way to the bridge (lib-jitsi-meet `TPCUtils`, libwebrtc's `SimulcastRateAllocator`).
 */
import type { CodecName } from '../../../rtp/parameters.ts';
import type { LayerOptions } from '../track-types.ts';

/** bit/s by the height from which on they are meant, as lib-jitsi-meet has them (`StandardVideoQualitySettings.ts`). */
const usualBitrates: Readonly<Partial<Record<CodecName, readonly number[]>>> = {
  vp8: [200_000, 500_000, 1_500_000, 3_000_000, 6_000_000],
  vp9: [100_000, 300_000, 1_200_000, 2_500_000, 5_000_000],
  av1: [100_000, 300_000, 1_000_000, 2_000_000, 4_000_000],
  h264: [400_000, 800_000, 2_000_000, 4_000_000, 8_000_000],
};
const steps = [0, 360, 720, 1_080, 2_160];

/** A layer that gets less than this much of its bitrate is not worth it (libwebrtc has a quarter to a third); one that was left out comes back when it gets so much more. */
const leastShare = 0.3;
const hysteresis = 1.2;

export interface LayerRate {
  isWanted: boolean;
  /** bit/s; undefined while nothing is known of the way, or when it is not wanted */
  bitrate: number | undefined;
}

export function usualBitrate(codec: CodecName, height: number): number {
  const step = steps.findLastIndex((from) => height >= from);
  return usualBitrates[codec]?.[step] ?? 0;
}

/**
 * @param layers from the smallest up
 * @param before which of them were wanted
 * @param maxHeight pixels; -1: no limit
 * @param bitrate bit/s for all of them
 */
export function layerRates(
  layers: readonly Required<LayerOptions>[],
  before: readonly boolean[],
  maxHeight: number,
  bitrate: number | undefined,
): LayerRate[] {
  let left = bitrate;
  let isOver = maxHeight === 0;
  return layers.map(({ height, maxBitrate }, index) => {
    isOver ||= index > 0 && maxHeight > 0 && height > maxHeight;
    const least = leastShare * maxBitrate * (before[index] ? 1 : hysteresis);
    isOver ||= index > 0 && left !== undefined && left < least;
    if (isOver) return { isWanted: false, bitrate: undefined };
    if (left === undefined) return { isWanted: true, bitrate: undefined };
    const taken = Math.min(left, maxBitrate);
    left -= taken;
    return { isWanted: true, bitrate: taken };
  });
}
