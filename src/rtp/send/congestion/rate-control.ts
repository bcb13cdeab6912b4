/**
 * The rate that the delay allows: up by 8 % a second until something is known of the link, then by about a packet a response, down to 85 % of what gets
 * through when queues grow (draft-ietf-rmcat-gcc-02, 5.5; libwebrtc's `AimdRateControl`).
 */
import { LinkCapacity } from './link-capacity.ts';
import type { Usage } from './overuse-detector.ts';
import type { Rates } from './throughput.ts';

export interface BitrateLimits {
  /** bit/s */
  least: number;
  most: number;
}

const beta = 0.85;
const growth = 1.08;
/** bit/s that are added a second, at least */
const [leastMultiplied, leastAdded] = [1_000, 4_000];
/**
 * It may be this much more than what gets through, and rises to the last of these in any case: sound alone has no probes, and who is allowed little
 * and sends less would be allowed little for good.
 */
const [headroom, constantHeadroom, alwaysAllowed] = [1.5, 10_000, 300_000];
/** Of what is allowed: who sends less has not filled the queue (libwebrtc's `AlrDetector`). */
const applicationLimited = 0.65;
const backOffFactor = 0.8;
/** ms */
const [responseBeyondRoundTrip, shortestPause, longestPause] = [100, 10, 200];
const framesPerSecond = 30;
const packetBits = 1_200 * 8;

export class RateControl {
  readonly #limits: BitrateLimits;
  readonly #link = new LinkCapacity();
  #bitrate: number;
  #state: 'hold' | 'increase' = 'hold';
  #lastIncrease: number | undefined;
  #lastDecrease = -Infinity;

  constructor(start: number, limits: BitrateLimits) {
    this.#bitrate = start;
    this.#limits = limits;
  }

  /** bit/s */
  get bitrate(): number {
    return this.#bitrate;
  }

  /** So much got through when it was tried. */
  rise(bitrate: number): void {
    this.#bitrate = this.#limited(Math.max(this.#bitrate, bitrate));
  }

  /** Nothing is heard of what is sent. */
  backOff(now: number): void {
    this.#bitrate = this.#limited(this.#bitrate * backOffFactor);
    this.#lastIncrease = now;
  }

  /**
   * @param rates what is sent and gets through, if that is known yet
   * @param roundTrip ms
   * @param isLosing much of what is sent is lost
   */
  update(usage: Usage, rates: Rates | undefined, roundTrip: number, now: number, isLosing: boolean): void {
    if (usage === 'overuse') this.#decrease(rates, roundTrip, now, isLosing);
    else if (usage === 'underuse') {
      this.#state = 'hold';
      // Queues are being emptied: what is free shows when they are.
      this.#lastIncrease = now;
    } else if (this.#state === 'hold') {
      this.#state = 'increase';
      this.#lastIncrease = now;
    } else this.#increase(rates?.through, roundTrip, now);
  }

  #increase(throughput: number | undefined, roundTrip: number, now: number): void {
    const seconds = (now - (this.#lastIncrease ?? now)) / 1_000;
    this.#lastIncrease = now;
    if (throughput !== undefined && throughput > this.#link.most) this.#link.reset();
    const most =
      throughput === undefined ? Infinity : Math.max(headroom * throughput + constantHeadroom, alwaysAllowed);
    if (this.#bitrate >= most) return;
    const added = this.#link.isKnown
      ? this.#addition(roundTrip) * Math.min(seconds, 1)
      : Math.max(this.#bitrate * (growth ** Math.min(seconds, 1) - 1), leastMultiplied * seconds);
    this.#bitrate = this.#limited(Math.min(this.#bitrate + added, most));
  }

  /** bit/s a second: an average packet of a frame, each response time */
  #addition(roundTrip: number): number {
    const frameBits = this.#bitrate / framesPerSecond;
    const averagePacket = frameBits / Math.ceil(frameBits / packetBits);
    const response = 2 * (roundTrip + responseBeyondRoundTrip);
    return Math.max(leastAdded, (averagePacket * 1_000) / response);
  }

  #decrease(rates: Rates | undefined, roundTrip: number, now: number, isLosing: boolean): void {
    // Who sent little until a moment ago has filled the link only since: what got through in all says little of it.
    const throughput = rates && Math.max(rates.through, rates.recent ?? 0);
    const pause = Math.min(longestPause, Math.max(shortestPause, roundTrip));
    // Who sends little and loses much of that has filled the queue nevertheless.
    const isLimited = !isLosing && rates !== undefined && rates.sent < applicationLimited * this.#bitrate;
    const isFarBelow = throughput !== undefined && throughput < this.#bitrate / 2 && !isLimited;
    if (now - this.#lastDecrease < pause && !isFarBelow) return;
    this.#lastDecrease = now;
    this.#state = 'hold';
    this.#lastIncrease = now;
    if (throughput === undefined) {
      this.#bitrate = this.#limited(this.#bitrate / 2);
      return;
    }
    // What gets through says little of the link then.
    if (isLimited) {
      this.#bitrate = this.#limited(Math.max(beta * this.#bitrate, beta * throughput));
      return;
    }
    let decreased = beta * throughput;
    const { estimate } = this.#link;
    if (decreased > this.#bitrate && estimate !== undefined) decreased = beta * estimate;
    if (throughput < this.#link.least) this.#link.reset();
    this.#link.exceeded(throughput);
    this.#bitrate = this.#limited(Math.min(this.#bitrate, decreased));
  }

  #limited(bitrate: number): number {
    return Math.min(this.#limits.most, Math.max(this.#limits.least, bitrate));
  }
}
