/** Waiting for a promise that may never settle, as werift's do once it is closed. */

import { startTimer } from '../../base/timer.ts';

/** @throws Error after `time` ms, or the signal's reason */
export async function within<Value>(
  promise: Promise<Value>,
  { time, signal }: { time: number; signal?: AbortSignal },
): Promise<Value> {
  let stop = (): void => {};
  const end = new Promise<never>((_, reject) => {
    const cancel = startTimer(time, () => reject(new Error(`no answer within ${time} ms`)));
    const abort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    stop = () => {
      cancel();
      signal?.removeEventListener('abort', abort);
    };
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    stop();
  }
}
