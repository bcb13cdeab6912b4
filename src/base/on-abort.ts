/**
 * Calls `run` when `signal` is aborted, at once if it is.
 * @returns ends that: a signal may last far longer than whoever listens to it
 */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (!signal) return () => {};
  if (signal.aborted) {
    run();
    return () => {};
  }
  // Of its own: the same function twice would be one listener.
  const listener = (): void => run();
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
