/** Promises for a moment that comes more than once. */
import { type Resolvers, withResolvers } from '../../base/resolvers.ts';

export class Waiters {
  readonly #waiting = new Set<Resolvers<void>>();

  /**
   * Resolves when the moment comes.
   * @param schedule calls `expire` after the timeout, unless the function that it returns was called before
   */
  async wait(
    signal: AbortSignal | undefined,
    timeout?: (expire: (error: Error) => void) => () => void,
  ): Promise<void> {
    signal?.throwIfAborted();
    const waiter = withResolvers();
    const onAbort = (): void => waiter.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const cancelTimeout = timeout?.((error) => waiter.reject(error));
    this.#waiting.add(waiter);
    try {
      await waiter.promise;
    } finally {
      this.#waiting.delete(waiter);
      cancelTimeout?.();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** The moment has come. */
  resolve(): void {
    for (const { resolve } of this.#waiting) resolve();
  }

  /** It will not come. */
  reject(error: Error): void {
    for (const { reject } of this.#waiting) reject(error);
  }
}
