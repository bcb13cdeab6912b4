/** Promises for a moment that comes more than once. */
import { type Wait, waitFor } from '../../base/wait-for.ts';

export class Waiters {
  readonly #waiting = new Set<Wait<void>>();

  /**
   * Resolves when the moment comes.
   * @param schedule calls `expire` after the timeout, unless the function that it returns was called before
   */
  wait(
    signal: AbortSignal | undefined,
    schedule?: (expire: (error: Error) => void) => () => void,
  ): Promise<void> {
    return waitFor((wait) => {
      this.#waiting.add(wait);
      wait.after(() => this.#waiting.delete(wait));
      if (schedule) wait.after(schedule((error) => wait.reject(error)));
    }, signal);
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
