/** What goes wrong with the bridge channels, for all conferences of the bridge. */
import type { Milliseconds } from '../../../base/clock.ts';

export interface ChannelFaults {
  /** Messages to endpoints are so late. */
  delay: Milliseconds;
  /** How messages of an endpoint wait to be handled; undefined: they do not. */
  queue: QueueFault | undefined;
  /** How new WebSockets are refused; undefined: they are not. */
  refusal: ColibriRefusal | undefined;
}

/** An HTTP status: of the bridge (403, 404), or of a proxy that does not reach it, 200 with a page. `hang`: no answer at all. */
export type ColibriRefusal = 200 | 403 | 404 | 502 | 504 | 'hang';

export interface QueueFault {
  /** Messages of one endpoint that may wait; what comes then is dropped without a word. */
  limit: number;
  /** How many messages of one endpoint are handled in a second. */
  perSecond: number;
}

export function noFaults(): ChannelFaults {
  return { delay: 0, queue: undefined, refusal: undefined };
}
