/** Waiting for a promise that may never settle, as werift's do once it is closed. */

/** @throws Error after `time` ms, or the signal's reason */
export async function within<Value>(
  promise: Promise<Value>,
  { time, signal }: { time: number; signal?: AbortSignal },
): Promise<Value> {
  let stop = (): void => {};
  const end = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${time} ms`)), time);
    const abort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    stop();
  }
}
