/** Work that is done one piece after the other, in the order in which it was asked for. */
import { withResolvers } from './resolvers.ts';

export class SerialQueue {
  #last: Promise<void> = Promise.resolve();
  /** Rejects what is asked for and not done. */
  readonly #open = new Set<(error: unknown) => void>();
  #closed: { error: unknown } | undefined;

  /** Resolves or rejects as the work does. A failure leaves the work that follows. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = withResolvers<Result>();
    if (this.#closed) {
      reject(this.#closed.error);
      return promise;
    }
    this.#open.add(reject);
    this.#last = this.#next(this.#last, async () => {
      try {
        resolve(await work());
      } catch (error) {
        reject(error);
      }
      this.#open.delete(reject);
    });
    return promise;
  }

  async #next(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    await before;
    if (!this.#closed) await work();
  }

  /** Nothing more is begun, and nobody waits for what goes on: all that is asked for rejects with the error. */
  close(error: unknown): void {
    this.#closed ??= { error };
    for (const reject of this.#open) reject(error);
    this.#open.clear();
  }
}
