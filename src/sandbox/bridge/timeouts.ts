/** When a bridge gives up on endpoints (jitsi-videobridge `reference.conf`: `ep-timeout`, `entity-expiration`). */
import type { Milliseconds } from '../../base/clock.ts';

export interface BridgeTimeouts {
  /** for an endpoint that has never sent a packet */
  endpointStart: Milliseconds;
  /** for one that has stopped sending packets, consent checks too */
  endpointInactivity: Milliseconds;
  /** between two looks for endpoints to expire */
  expiryScan: Milliseconds;
}

export const defaultTimeouts: BridgeTimeouts = {
  endpointStart: 120_000,
  endpointInactivity: 60_000,
  expiryScan: 60_000,
};
