/** One direction of a network in virtual time: a bottleneck with a queue before it, then a way of some length (as in RFC 8867, 4). */
import type { RandomBytes } from '../../../src/base/random.ts';
import { randomBetween } from '../../../src/base/random.ts';

const usualDelay = 50;

export interface LinkOptions {
  /** bit/s, at a time in ms */
  rate(now: number): number;
  /** ms that a packet may wait; what would wait longer is dropped */
  queue?: number;
  /** ms */
  delay?: number;
  /** ms that are added at most, at random; packets stay in order */
  jitter?: number;
  /** 0 to 1, of packets that the next ones overtake, by 12 ms */
  overtaken?: number;
  /** 0 to 1, of packets that are lost at random at a time in ms */
  loss?(now: number): number;
  random: RandomBytes;
}

export class EmulatedLink {
  readonly #options: LinkOptions;
  #free = 0;
  #last = 0;
  dropped = 0;
  /** ms that the last packet waited */
  waited = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** ms */
  get delay(): number {
    return this.#options.delay ?? usualDelay;
  }

  /** @returns when it arrives; undefined when it does not */
  send(bytes: number, now: number): number | undefined {
    const { delay = usualDelay, jitter = 0, loss, overtaken = 0, queue = 300, random, rate } = this.#options;
    this.waited = Math.max(0, this.#free - now);
    if (this.waited > queue || (loss && randomBetween(random, 0, 1) < loss(now))) {
      this.dropped++;
      return undefined;
    }
    this.#free = Math.max(now, this.#free) + (bytes * 8_000) / rate(now);
    const arrival = this.#free + delay + (jitter > 0 ? randomBetween(random, 0, jitter) : 0);
    this.#last = Math.max(this.#last, arrival);
    return overtaken > 0 && randomBetween(random, 0, 1) < overtaken ? this.#last + 12 : this.#last;
  }
}
