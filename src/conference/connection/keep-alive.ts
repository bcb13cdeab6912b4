/**
 * Plain GETs that keep proxies and load balancers on the way awake (lib-jitsi-meet `XmppConnection.ts`,
 * `_keepAliveAndCheckShard`): first 5 s after connecting, then once an interval with jitter. One that hangs holds up the next.
 */
import { type RandomBytes, randomBetween } from '../../base/random.ts';
import { type Deployment, keepAliveUrlFor } from '../../jitsi/deployment.ts';
import type { MeetingAddress } from '../../jitsi/meeting-address.ts';
import type { HttpRequest } from '../io.ts';
import { timing } from '../options.ts';

export class KeepAlive {
  readonly #interval: number;
  readonly #url: string;
  readonly #random: RandomBytes;
  #nextAt: number | undefined;
  #isUnderWay = false;

  constructor(deployment: Deployment, address: MeetingAddress, random: RandomBytes) {
    this.#interval = deployment.keepAliveInterval;
    this.#url = keepAliveUrlFor(deployment, address);
    this.#random = random;
  }

  /** ms since the epoch; undefined when there is nothing to do. */
  get nextAt(): number | undefined {
    return this.#isUnderWay ? undefined : this.#nextAt;
  }

  connected(now: number): void {
    if (this.#interval > 0) this.#nextAt = now + timing.keepAliveFirst;
  }

  disconnected(): void {
    this.#nextAt = undefined;
  }

  /** The request to make now, if it is time. */
  due(now: number): HttpRequest | undefined {
    if (this.#isUnderWay || this.#nextAt === undefined || now < this.#nextAt) return undefined;
    this.#isUnderWay = true;
    this.#nextAt = now + this.#interval + randomBetween(this.#random, 0, this.#interval);
    return { purpose: 'keep-alive', method: 'GET', url: this.#url, headers: {} };
  }

  /** The request has come to its end, however. */
  answered(): void {
    this.#isUnderWay = false;
  }
}
