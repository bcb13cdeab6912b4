/** The rate that losses allow: more below 2 %, less above 10 % (draft-ietf-rmcat-gcc-02, 6). */
import type { BitrateLimits } from './rate-control.ts';

const [few, many] = [0.02, 0.1];
const growth = 1.05;
/** Packets that say something, and ms beyond a round trip between two looks at them: what is lost until then was sent before. */
const enough = 20;
const interval = 250;

export interface LossReport {
  /** Packets. */
  arrived: number;
  lost: number;
  /** bit/s by the delay: far above it there is nothing to learn */
  allowed: number;
  /** ms */
  roundTrip: number;
}

export class LossControl {
  readonly #limits: BitrateLimits;
  #bitrate: number;
  #arrived = 0;
  #lost = 0;
  #last: number | undefined;

  constructor(start: number, limits: BitrateLimits) {
    this.#bitrate = start;
    this.#limits = limits;
  }

  /** bit/s */
  get bitrate(): number {
    return this.#bitrate;
  }

  /** Lost of those that the last look was at, 0 to 1. */
  fractionLost = 0;

  /** So much got through when it was tried. */
  rise(bitrate: number): void {
    this.#bitrate = Math.min(this.#limits.most, Math.max(this.#bitrate, bitrate));
  }

  /** So much is lost that queues must be full. */
  get isHeavy(): boolean {
    return this.fractionLost > many;
  }

  update({ allowed, arrived, lost, roundTrip }: LossReport, now: number): void {
    this.#last ??= now;
    this.#arrived += arrived;
    this.#lost += lost;
    const sum = this.#arrived + this.#lost;
    if (sum < enough || now - this.#last < interval + roundTrip) return;
    const fraction = this.#lost / sum;
    this.fractionLost = fraction;
    this.#arrived = this.#lost = 0;
    this.#last = now;
    if (fraction > many) this.#bitrate = Math.min(this.#bitrate, allowed) * (1 - fraction / 2);
    else if (fraction < few)
      this.#bitrate = Math.min(this.#bitrate * growth, Math.max(allowed, this.#bitrate));
    this.#bitrate = Math.min(this.#limits.most, Math.max(this.#limits.least, this.#bitrate));
  }
}
