/** The other thread's clock for media: what is read here means the same there. */
import { type Clock, systemClock } from '../../../base/clock.ts';
import type { ThreadStart } from '../messages.ts';

export function clockFrom({ hrtime, now }: Pick<ThreadStart, 'hrtime' | 'now'>): Clock {
  // Each thread counts from its own beginning, and all have one clock below that.
  const difference = now - hrtime + Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return { now: () => performance.now() + difference, schedule: systemClock.schedule };
}
