/** Waiting that can be broken off. */
import { type Clock, systemClock } from '../../base/clock.ts';

/** ms that receivers keep sound back before they play it, and would not play any more when we are gone */
const playOut = 300;

/** Waits until others have heard what was sent. */
export function untilPlayedOut(signal: AbortSignal): Promise<void> {
  return pause(playOut, signal);
}

/** Resolves after `delay` ms, or rejects with the signal's reason. */
export function pause(delay: number, signal: AbortSignal, clock: Clock = systemClock): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.schedule(delay, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
