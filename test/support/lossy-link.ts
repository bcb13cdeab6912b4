/** One direction of a network in virtual time: what is sent arrives later, in another order, twice or not at all. */
import { type RandomBytes, randomBetween } from '../../src/base/random.ts';
import type { ManualClock } from './manual-clock.ts';

export interface LinkFaults {
  /** 0 to 1 */
  loss?: number;
  /** ms */
  delay?: number;
  /** ms on top of the delay, at most; packets overtake each other. */
  jitter?: number;
  /** 0 to 1 */
  duplicates?: number;
}

export class LossyLink<Item> {
  faults: LinkFaults;
  lost = 0;
  readonly #clock: ManualClock;
  readonly #random: RandomBytes;
  readonly #deliver: (item: Item) => void;

  constructor(clock: ManualClock, random: RandomBytes, faults: LinkFaults, deliver: (item: Item) => void) {
    this.#clock = clock;
    this.#random = random;
    this.faults = faults;
    this.#deliver = deliver;
  }

  send(item: Item): void {
    const { loss = 0, duplicates = 0 } = this.faults;
    if (this.#chance(loss)) {
      this.lost++;
      return;
    }
    this.#arrive(item);
    if (this.#chance(duplicates)) this.#arrive(item);
  }

  #arrive(item: Item): void {
    const { delay = 0, jitter = 0 } = this.faults;
    const later = jitter === 0 ? 0 : randomBetween(this.#random, 0, jitter);
    this.#clock.schedule(delay + later, () => this.#deliver(item));
  }

  #chance(probability: number): boolean {
    return probability > 0 && randomBetween(this.#random, 0, 1) < probability;
  }
}
