/**
 * When to try whether the way carries more, and how much (libwebrtc's `ProbeController`): three and six times of what one begins with, twice as much after each
 * success; while less is sent than is allowed, now and then; and what there was before a large drop, soon after it.
 */

const firstFactors = [3, 6] as const;
/** A busy machine may spoil them: so often, while nothing comes of them. */
const mostFirst = 3;
/** Of what there was before them. */
const spoiled = 1.2;
const nextFactor = 2;
/** Of the rate that was tried: who gets so much may try more. */
const success = 0.7;
/** ms */
const [resultWithin, limitedInterval, dropForgotten, dropInterval] = [1_000, 5_000, 5_000, 5_000];
/** ms that a queue takes to be emptied */
const afterDropFor = 500;
/** Of what was allowed before. */
const [largeDrop, afterDrop] = [0.66, 0.85];
/** bit/s: more than that is tried only for who sends it. What a browser with one camera in three layers asks for. */
const usuallyEnough = 5_000_000;
/** Of what is sent. */
const headroom = 2;

export interface ProbeState {
  /** bit/s that may be sent */
  bitrate: number;
  /** bit/s that were, lately */
  sent: number;
  /** That is little of it. */
  isLimited: boolean;
  /** No queue on the way grows, or is being emptied. */
  isFree: boolean;
}

export class ProbePlan {
  readonly #most: number;
  readonly #usual: number;
  #state: 'new' | 'waiting' | 'complete' = 'new';
  #continuesAbove = Infinity;
  #firstTries = 0;
  #first = 0;
  #lastProbe = -Infinity;
  #lastDropProbe = -Infinity;
  #limitedSince: number | undefined;
  #before = 0;
  #drop: { from: number; at: number } | undefined;

  /** bit/s. @param usual up to here is tried whatever is sent */
  constructor(most: number, usual: number = usuallyEnough) {
    this.#most = most;
    this.#usual = usual;
  }

  /**
   * Feedback came.
   * @returns bit/s to try now, in this order
   */
  update({ bitrate, isFree, isLimited, sent }: ProbeState, now: number): readonly number[] {
    const before = this.#before;
    this.#before = bitrate;
    this.#limitedSince = isLimited ? (this.#limitedSince ?? now) : undefined;
    const most = Math.min(this.#most, Math.max(this.#usual, headroom * sent));
    if (this.#state === 'new') return this.#tryFirst(bitrate, most, now);
    if (bitrate < largeDrop * before) this.#drop = { from: before, at: now };
    if (bitrate >= most) return [];
    const regained = this.#regain(bitrate, isFree, now);
    if (regained !== undefined) return this.#try([regained], most, now);
    if (this.#state === 'waiting') {
      if (bitrate > this.#continuesAbove) return this.#try([nextFactor * bitrate], most, now);
      if (now - this.#lastProbe <= resultWithin) return [];
      if (bitrate < spoiled * this.#first && this.#firstTries < mostFirst && isFree)
        return this.#tryFirst(bitrate, most, now);
      this.#state = 'complete';
    }
    return this.#tryAgain(bitrate, most, now);
  }

  #tryFirst(bitrate: number, most: number, now: number): readonly number[] {
    this.#firstTries++;
    this.#first = bitrate;
    const rates = firstFactors.map((factor) => factor * bitrate);
    return this.#try(rates, most, now);
  }

  /** What there was before a drop, once the queue is empty again. */
  #regain(bitrate: number, isFree: boolean, now: number): number | undefined {
    const drop = this.#drop;
    if (!drop || now - drop.at < afterDropFor) return undefined;
    if (now - drop.at > dropForgotten) this.#drop = undefined;
    const tried = afterDrop * drop.from;
    if (!isFree || bitrate >= tried || now - this.#lastDropProbe < dropInterval) return undefined;
    this.#drop = undefined;
    this.#lastDropProbe = now;
    return tried;
  }

  #tryAgain(bitrate: number, most: number, now: number): readonly number[] {
    const since = Math.max(this.#lastProbe, this.#limitedSince ?? Infinity);
    return now - since >= limitedInterval ? this.#try([nextFactor * bitrate], most, now) : [];
  }

  #try(bitrates: readonly number[], most: number, now: number): readonly number[] {
    const tried = bitrates.map((bitrate) => Math.min(bitrate, most));
    const last = Math.max(...tried);
    this.#state = 'waiting';
    this.#lastProbe = now;
    this.#continuesAbove = last < most ? success * last : Infinity;
    return tried;
  }
}
