/**
 * How often a session that is offered is told of. Each costs the layer above a transport, so an offer a millisecond would leave no time
 * for anything else; a focus offers one at a time, a few in a row when it moves us.
 */
import type { Milliseconds } from '../../base/clock.ts';

const burst = 4;
const period: Milliseconds = 4_000;

export class OfferPace {
  /** When the last ones were told of, oldest first. */
  #told: Milliseconds[] = [];

  /** When the next one may be told of. */
  next(now: Milliseconds): Milliseconds {
    const oldest = this.#told.at(-burst);
    return oldest === undefined ? now : Math.max(now, oldest + period);
  }

  told(now: Milliseconds): void {
    this.#told = [...this.#told.slice(1 - burst), now];
  }
}
