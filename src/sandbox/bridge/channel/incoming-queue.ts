/**
 * Messages of one endpoint on their way to being handled. The real bridge has a queue of 50 and drops what does not fit
 * (jitsi-videobridge `AbstractEndpointMessageTransport.kt`); how fast it empties depends on the machine, so here it is a fault with
 * a rate.
 */
import type { Clock } from '../../../base/clock.ts';
import { DelayLine } from '../../delay-line.ts';
import type { ChannelFaults } from './channel-faults.ts';

export class IncomingQueue {
  readonly #clock: Clock;
  readonly #faults: ChannelFaults;
  readonly #line: DelayLine;

  constructor(clock: Clock, faults: ChannelFaults) {
    this.#clock = clock;
    this.#faults = faults;
    this.#line = new DelayLine(clock);
  }

  /** Returns false when there is no room for it. */
  add(handle: () => void): boolean {
    const { queue } = this.#faults;
    if (!queue && this.#line.length === 0) {
      handle();
      return true;
    }
    if (queue && this.#line.length >= queue.limit) return false;
    const now = this.#clock.now();
    this.#line.at((this.#line.end ?? now) + (queue ? 1000 / queue.perSecond : 0), handle);
    return true;
  }

  clear(): void {
    this.#line.clear();
  }
}
