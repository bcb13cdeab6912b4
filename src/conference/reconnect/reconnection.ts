/**
 * The time between a conference that is lost and the same conference again: how long we have been away, which try this is, and when the
 * next one is due. Knows nothing of connections.
 *
 * idle → waiting ⇄ trying → idle
 */
import type { Milliseconds } from '../../base/clock.ts';
import type { JitsiError } from '../../base/errors.ts';
import type { RandomBytes } from '../../base/random.ts';
import { backOff, longestBackOff } from './back-off.ts';

export interface ReconnectPolicy {
  /** ms after which a conference that is not back has ended. */
  maxTime: Milliseconds;
}

/** What is known while we are away. */
export interface Absence {
  /** When the connection was lost, ms since the epoch. */
  since: Milliseconds;
  /** The first try is 1. */
  attempt: number;
  cause: JitsiError;
  /** When the try begins, ms since the epoch. */
  nextAt: Milliseconds;
}

/** What did not get as far as any server: trying it costs nobody else anything, and the network may be back any moment. */
const oursAlone: ReadonlySet<string> = new Set(['host-unreachable', 'host-not-found']);
/** As many as make the longest wait after such a failure 4 s. */
const fewTries = 2;

/** ms that a connection has to last until its loss is a new beginning. */
const settledAfter: Milliseconds = 60_000;

export class Reconnection {
  readonly #policy: ReconnectPolicy;
  readonly #random: RandomBytes;
  #absence: Absence | undefined;
  #isTrying = false;
  /** In a row: those before the connection that did not last count. */
  #tries = 0;
  #backAt = Number.NEGATIVE_INFINITY;

  constructor(policy: ReconnectPolicy, random: RandomBytes) {
    this.#policy = policy;
    this.#random = random;
  }

  /** Undefined while we are there. */
  get absence(): Absence | undefined {
    return this.#absence;
  }

  /** When something is to be done, ms since the epoch. */
  get nextAt(): Milliseconds | undefined {
    if (!this.#absence) return undefined;
    const over = this.#absence.since + this.#policy.maxTime;
    return this.#isTrying ? over : Math.min(over, this.#absence.nextAt);
  }

  /** Whether the next try is due. */
  isDue(now: Milliseconds): boolean {
    if (!this.#absence || this.#isTrying) return false;
    const { nextAt } = this.#absence;
    // No wait is as long: somebody has set the clock back.
    return now >= nextAt || nextAt - now > longestBackOff;
  }

  /** Whether we have been away for longer than is allowed. */
  isOver(now: Milliseconds): boolean {
    return this.#absence !== undefined && now >= this.#absence.since + this.#policy.maxTime;
  }

  /** The connection is lost, or the try has failed. */
  lost(cause: JitsiError, now: Milliseconds): Absence {
    if (!this.#absence && now - this.#backAt >= settledAfter) this.#tries = 0;
    const isOurs = oursAlone.has(cause.code);
    const nextAt = now + backOff(isOurs ? Math.min(this.#tries, fewTries) : this.#tries, this.#random);
    const { since = now, attempt = 0 } = this.#absence ?? {};
    if (!isOurs) this.#tries += 1;
    this.#isTrying = false;
    this.#absence = { since, attempt: attempt + 1, cause, nextAt };
    return this.#absence;
  }

  /** Somebody does not want to wait for the next try. */
  hurry(now: Milliseconds): void {
    if (this.#absence && !this.#isTrying)
      this.#absence = { ...this.#absence, nextAt: Math.min(now, this.#absence.nextAt) };
  }

  trying(): void {
    this.#isTrying = true;
  }

  /** We are on our way out: nobody comes back. */
  stop(): void {
    this.#absence = undefined;
    this.#isTrying = false;
  }

  /** We are there again. */
  back(now: Milliseconds): void {
    this.#absence = undefined;
    this.#isTrying = false;
    this.#backAt = now;
  }
}
