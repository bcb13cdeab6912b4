/**
 * How often a participant may ask the focus for a restart (jicofo `restart-request-rate-limits`): not within 5 s of the last
 * request, and not more than 5 times a minute. A request above the limit ends the session at the focus and is not followed
 * by a new offer, so it must not be sent; 4 a minute leave room for one that another of ours has sent, or that was counted late.
 */
import { MediaError } from '../base/errors.ts';

const minInterval = 5_000;
const period = 60_000;
const maxRequests = 4;

/** Code `restart-limited`: the focus would refuse the request, and a refused `restart` loses the session for good. */
export class RestartLimitError extends MediaError {
  /** ms until the next request may be sent */
  readonly retryAfter: number;

  constructor(kind: 'restart' | 'ice-restart', retryAfter: number) {
    const tried = kind === 'restart' ? 'a restart' : 'an ICE restart';
    super(
      `asking the focus for ${tried}: not sent, because it is too soon after the last requests and the focus would refuse it; ask again in ${Math.ceil(retryAfter / 1000)} s`,
      { code: 'restart-limited', retryable: true },
    );
    this.retryAfter = retryAfter;
  }
}

export class RestartLimit {
  /** ms since the epoch, oldest first */
  #requests: number[] = [];

  /** ms until a request may be sent; 0 when it may be now */
  wait(now: number): number {
    this.#requests = this.#requests.filter((time) => now - time <= period);
    const last = this.#requests.at(-1);
    const oldest = this.#requests.at(-maxRequests);
    const allowedAt = Math.max(
      last === undefined ? now : last + minInterval,
      // Jicofo counts requests until they are older than the period.
      oldest === undefined ? now : oldest + period + 1,
    );
    return allowedAt - now;
  }

  requested(now: number): void {
    this.#requests.push(now);
  }

  /** The last request was answered. The focus counted it after it was sent, at the latest now; what counts is its clock. */
  answered(now: number): void {
    const last = this.#requests.pop();
    if (last !== undefined) this.#requests.push(Math.max(last, now));
  }
}
