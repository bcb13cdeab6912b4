/** What goes wrong with media packets and their RTCP on the way, for all transports of the bridge. */
import type { Clock, Milliseconds } from '../../../base/clock.ts';
import { type RandomBytes, randomBetween } from '../../../base/random.ts';
import { DelayLine } from '../../delay-line.ts';

/** To the bridge, or from it. */
export type MediaDirection = 'up' | 'down';

export interface MediaFaults {
  /** Of each direction: what part of the packets is lost, 0 to 1. */
  readonly loss: Record<MediaDirection, number>;
  /** Packets are so late, in each direction. */
  delay: Milliseconds;
  /** Each packet is late by up to so much more: then they overtake each other. */
  jitter: Milliseconds;
}

export function noMediaFaults(): MediaFaults {
  return { loss: { up: 0, down: 0 }, delay: 0, jitter: 0 };
}

/** One direction of one transport. */
export class MediaPath {
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #faults: MediaFaults;
  readonly #direction: MediaDirection;
  readonly #line: DelayLine;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock, random: RandomBytes, faults: MediaFaults, direction: MediaDirection) {
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
    this.#direction = direction;
    this.#line = new DelayLine(clock);
  }

  /** Nothing is wrong, and nothing waits. */
  get isClear(): boolean {
    const { delay, jitter, loss } = this.#faults;
    return delay === 0 && jitter === 0 && loss[this.#direction] === 0 && this.#line.length === 0;
  }

  /** Delivers a packet, sooner or later, or never. */
  pass(deliver: () => void): void {
    const { delay, jitter, loss } = this.#faults;
    const lost = loss[this.#direction];
    if (lost > 0 && randomBetween(this.#random, 0, 1) < lost) return;
    if (jitter === 0) {
      this.#line.at(this.#clock.now() + delay, deliver);
      return;
    }
    const cancel = this.#clock.schedule(delay + randomBetween(this.#random, 0, jitter), () => {
      this.#waiting.delete(cancel);
      deliver();
    });
    this.#waiting.add(cancel);
  }

  /** Forgets what waits. */
  clear(): void {
    this.#line.clear();
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }
}
