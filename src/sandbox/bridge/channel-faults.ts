/** What goes wrong with the bridge channels, for all conferences of the bridge. */
import type { Milliseconds } from '../../base/clock.ts';

export interface ChannelFaults {
  /** Messages to endpoints are so late. */
  delay: Milliseconds;
  /** How messages of an endpoint wait to be handled; undefined: they do not. */
  queue: QueueFault | undefined;
  /** New WebSockets are refused with 403. */
  isRefusing: boolean;
}

export interface QueueFault {
  /** Messages of one endpoint that may wait; what comes then is dropped without a word. */
  limit: number;
  /** How many messages of one endpoint are handled in a second. */
  perSecond: number;
}

export function noFaults(): ChannelFaults {
  return { delay: 0, queue: undefined, isRefusing: false };
}
