/** Waiting for a moment: whichever way it ends, nothing stays behind, and no rejection is left without a holder. */
import { onAbort } from './on-abort.ts';
import { withResolvers } from './resolvers.ts';

export interface Wait<Value> {
  resolve(value: Value): void;
  reject(reason: unknown): void;
  /** Called when the waiting is over. */
  after(cleanUp: () => void): void;
}

/**
 * @param begin sets up what settles the wait; what it throws is what the wait ends with
 * @throws what `begin` rejects with or throws, or the signal's reason
 */
export async function waitFor<Value = void>(
  begin: (wait: Wait<Value>) => void,
  signal?: AbortSignal,
): Promise<Value> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = withResolvers<Value>();
  // Where `begin` throws, nobody comes to wait for it.
  promise.catch(() => {});
  const cleanUps = [onAbort(signal, () => reject(signal?.reason))];
  try {
    begin({ resolve, reject, after: (cleanUp) => void cleanUps.push(cleanUp) });
    return await promise;
  } finally {
    for (const cleanUp of cleanUps) cleanUp();
  }
}

/**
 * What is under way, as long as the signal lets us wait: it goes on without us, and how it ends is then nobody's.
 * @throws what `work` rejects with, or the signal's reason
 */
export function waitForWork<Value>(work: Promise<Value>, signal?: AbortSignal): Promise<Value> {
  return waitFor<Value>((wait) => void work.then(wait.resolve, wait.reject), signal);
}
