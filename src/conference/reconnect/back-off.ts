/**
 * How long to wait for the n-th try: anything up to 1, 2, 4 … s, and a minute at most. All of it is chance ("full jitter"), so that those who
 * have lost the same server do not come back at the same moment.
 */
import type { Milliseconds } from '../../base/clock.ts';
import { type RandomBytes, randomBetween } from '../../base/random.ts';

const first: Milliseconds = 1_000;
export const longestBackOff: Milliseconds = 60_000;
/** ms in which whoever lost the connection when we did is back: that wait, and a join. */
export const comingBackTime: Milliseconds = longestBackOff + 30_000;

/** @param tries how many there were before, in a row */
export function backOff(tries: number, random: RandomBytes): Milliseconds {
  return Math.round(randomBetween(random, 0, Math.min(longestBackOff, first * 2 ** tries)));
}
