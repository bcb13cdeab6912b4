/** What goes wrong with the bridge and on the way to it. */
import { UsageError } from '../../base/errors.ts';
import type { LocalEndpoint } from '../bridge/endpoint.ts';
import { mostBandwidth } from '../bridge/media/downlink/downlink.ts';
import type { MediaDirection } from '../bridge/media/media-faults.ts';
import type { Deployment } from '../deployment.ts';
import type { Way } from '../network/conditions.ts';
import type { BridgeFaults } from './faults.ts';
import { findEndpoint } from './targets.ts';

export function bridgeFaults(deployment: Pick<Deployment, 'bridge' | 'setBridgeAvailable'>): BridgeFaults {
  const { bridge } = deployment;
  const endpoint = (endpointId: string): LocalEndpoint => findEndpoint(deployment, endpointId);
  return {
    bridgeAvailable: (isAvailable) => deployment.setBridgeAvailable(isAvailable),
    dropBridgeChannel(endpointId, code, reason = '') {
      const { channels } = endpoint(endpointId);
      if (code === undefined) channels.terminate();
      else channels.close(code, reason);
    },
    refuseBridgeChannel(how) {
      bridge.faults.refusal = how === true ? 403 : how || undefined;
    },
    bridgeDelay(ms) {
      bridge.faults.delay = ms;
    },
    bridgeQueue(perSecond, limit = 50) {
      bridge.faults.queue = perSecond === 0 ? undefined : { limit, perSecond };
    },
    mediaLoss(fraction, direction = 'both') {
      if (!(fraction >= 0 && fraction <= 1)) {
        throw new UsageError(`a fraction between 0 and 1 is expected, not ${fraction}`, {
          code: 'invalid-fraction',
        });
      }
      for (const way of waysOf(checkDirection(direction))) bridge.mediaFaults.loss[way] = fraction;
    },
    mediaDelay(ms, jitter = 0) {
      bridge.mediaFaults.delay = ms;
      bridge.mediaFaults.jitter = jitter;
    },
    mediaRate(bitsPerSecond, direction = 'both') {
      if (!(bitsPerSecond > 0)) {
        throw new UsageError(`a rate above 0 is expected, not ${bitsPerSecond}: mediaLoss(1) is an outage`, {
          code: 'invalid-rate',
        });
      }
      for (const way of waysOf(checkDirection(direction))) bridge.mediaFaults.rate[way] = bitsPerSecond;
    },
    loseWay: (endpointId) => endpoint(endpointId).loseWay(),
    downlink(bitsPerSecond) {
      if (!(bitsPerSecond >= 0)) {
        throw new UsageError(`a rate of 0 or more is expected, not ${bitsPerSecond}`, {
          code: 'invalid-rate',
        });
      }
      bridge.setDownlink(bitsPerSecond >= mostBandwidth ? Infinity : bitsPerSecond);
    },
    expireEndpoint: (endpointId) => endpoint(endpointId).expire(),
  };
}

function waysOf(direction: MediaDirection): readonly Way[] {
  return direction === 'both' ? ['up', 'down'] : [direction];
}

/** @throws UsageError `invalid-direction` */
export function checkDirection(direction: MediaDirection): MediaDirection {
  if (['up', 'down', 'both'].includes(direction)) return direction;
  throw new UsageError(`the direction up, down or both is expected, not ${direction}`, {
    code: 'invalid-direction',
  });
}
