/**
 * What of each video a receiver gets when not everything fits (jitsi-videobridge `BandwidthAllocator.kt`, `SingleSourceAllocation.kt`): in turns, a layer more
 * for each, but for those on stage first what is preferred of them.
 */
import type { ConsideredLayers, LayerState } from './considered-layers.ts';

/** bit/s; `max-oversend-bitrate` */
const maxOversend = 500_000;

export interface AllocationRequest<Layer extends LayerState> extends ConsideredLayers<Layer> {
  isOnStage: boolean;
}

export interface BandwidthAllocation<Layer extends LayerState> {
  /** By the requests' order; undefined for what is suspended. */
  targets: readonly (Layer | undefined)[];
  /** bit/s of the targets, and of what there would be with all the bandwidth in the world. */
  bitrate: number;
  ideal: number;
}

/** @param requests the most important first @param bandwidth bit/s */
export function allocateBandwidth<Layer extends LayerState>(
  requests: readonly AllocationRequest<Layer>[],
  bandwidth: number,
): BandwidthAllocation<Layer> {
  const targets = requests.map(() => -1);
  // Of what is without end there would never be less.
  let remaining = Math.min(bandwidth, Number.MAX_SAFE_INTEGER);
  for (let before = Number.NaN; before !== remaining; ) {
    before = remaining;
    for (const [index, request] of requests.entries()) {
      const target = targets[index] ?? -1;
      const better = improved(request, target, remaining + bitrateOf(request, target), index === 0);
      targets[index] = better;
      remaining -= bitrateOf(request, better) - bitrateOf(request, target);
      if (request.isOnStage && better < request.preferred) break;
    }
  }
  const sum = (indices: (request: AllocationRequest<Layer>, index: number) => number): number =>
    requests.reduce((total, request, index) => total + bitrateOf(request, indices(request, index)), 0);
  return {
    targets: requests.map(({ layers }, index) => layers[targets[index] ?? -1]),
    bitrate: sum((_, index) => targets[index] ?? -1),
    ideal: sum(({ layers }) => layers.length - 1),
  };
}

/** @param most bit/s for this one */
function improved<Layer extends LayerState>(
  request: AllocationRequest<Layer>,
  before: number,
  most: number,
  mayOversend: boolean,
): number {
  const { isOnStage, layers, oversend, preferred } = request;
  let target = before;
  if (target < 0 && preferred >= 0 && isOnStage) {
    while (target < preferred && bitrateOf(request, target + 1) <= most) target += 1;
  } else if (target + 1 < layers.length && bitrateOf(request, target + 1) < most) target += 1;
  // One that is better and takes no more.
  if (target >= 0) {
    for (let better = layers.length - 1; better > target; better--) {
      if (bitrateOf(request, better) <= bitrateOf(request, target)) target = better;
    }
  }
  if (!mayOversend || target >= oversend) return target;
  for (let better = oversend; better > target; better--) {
    if (bitrateOf(request, better) <= most + maxOversend) return better;
  }
  return target < 0 && layers.length === 1 ? oversend : target;
}

function bitrateOf<Layer extends LayerState>({ layers }: AllocationRequest<Layer>, index: number): number {
  return layers[index]?.bitrate ?? 0;
}
