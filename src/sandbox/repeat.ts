/** Something that is done again and again until it is stopped. */
import type { Clock, Milliseconds } from '../base/clock.ts';

/** @returns stops it */
export function repeat(clock: Clock, interval: Milliseconds, run: () => void): () => void {
  let cancel = clock.schedule(interval, again);

  function again(): void {
    cancel = clock.schedule(interval, again);
    run();
  }

  return () => cancel();
}
