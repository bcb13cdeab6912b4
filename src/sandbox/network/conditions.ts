/** How well the network carries what is sent in one direction. */
import type { Milliseconds } from '../../base/clock.ts';

/** From the client to the server, or the other way. */
export type Way = 'up' | 'down';

export interface WayConditions {
  /** Nothing gets through. */
  isCut: boolean;
  /** What gets through is so late. */
  delay: Milliseconds;
  /** Infinity: as fast as it goes. */
  bitsPerSecond: number;
}

export type Conditions = Readonly<Record<Way, WayConditions>>;

export function perfectConditions(): Conditions {
  return { up: perfect(), down: perfect() };
}

function perfect(): WayConditions {
  return { isCut: false, delay: 0, bitsPerSecond: Number.POSITIVE_INFINITY };
}

/** Of two networks one after the other. */
export function combined(one: WayConditions, other: WayConditions): WayConditions {
  return {
    isCut: one.isCut || other.isCut,
    delay: one.delay + other.delay,
    bitsPerSecond: Math.min(one.bitsPerSecond, other.bitsPerSecond),
  };
}
