/** The highest rate at which nothing is lost: doubled until something is, then narrowed down, then held for a while. */

export interface Step {
  /** Megabits of payload a second that were tried. */
  tried: number;
  /** What was sent of them. */
  sent: number;
  /** Messages. */
  lost: number;
}

export interface SearchResult {
  /** Megabits of payload a second; 0: something is lost at any rate */
  mbps: number;
  /** What keeps it from being higher: messages get lost, or the channel takes no more. */
  limit: 'loss' | 'sending';
}

/** Sends for a while; `isLong` for the last try, which is to confirm. */
export type Measure = (mbps: number, isLong: boolean) => Promise<Step>;

/** Below that nobody searches. */
const lowest = 0.05;
/** How close good and bad come, as a ratio. */
const precision = 1.1;
/** A rate that is reached less than this is not reached. */
const reached = 0.9;
/** How much lower the next try is when a rate does not hold. */
const stepBack = 0.9;

/** @param from the first rate to try */
export async function searchHighestRate(measure: Measure, from: number): Promise<SearchResult> {
  let good = 0;
  let bad = Number.POSITIVE_INFINITY;
  let limit: SearchResult['limit'] = 'loss';
  while (bad / good > precision || good === 0) {
    const rate = next(good, bad, from);
    if (rate < lowest) return { mbps: 0, limit };
    const step = await measure(rate, false);
    if (step.lost > 0) {
      bad = rate;
    } else if (step.sent < rate * reached) {
      // More cannot be sent; what was sent has arrived.
      [good, bad, limit] = [Math.max(good, step.sent), Math.min(bad, rate), 'sending'];
      break;
    } else {
      good = rate;
    }
  }
  return hold(measure, good, limit);
}

function next(good: number, bad: number, from: number): number {
  if (good === 0) return bad === Number.POSITIVE_INFINITY ? from : bad / 2;
  return bad === Number.POSITIVE_INFINITY ? good * 2 : Math.sqrt(good * bad);
}

/** Short tries have luck: only a rate that holds for a longer one is told. */
async function hold(measure: Measure, found: number, limit: SearchResult['limit']): Promise<SearchResult> {
  for (let rate = found; rate >= lowest; rate *= stepBack) {
    const step = await measure(rate, true);
    if (step.lost === 0) return { mbps: Math.min(rate, step.sent), limit: rate === found ? limit : 'loss' };
  }
  return { mbps: 0, limit: 'loss' };
}
