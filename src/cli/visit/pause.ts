/** Waiting that can be broken off. */
import { type Clock, systemClock } from '../../base/clock.ts';

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
