/** Those who wait until there is room in a queue, in the order in which they came. */
import { waitFor, type Wait } from '../../base/wait-for.ts';

export class RoomWaiters {
  readonly #waiting = new Set<{ position: number; wait: Wait<void> }>();

  /** @param position in the queue of what comes after the caller's. Resolves when the queue has come so far; rejects as the signal says */
  until(position: number, signal: AbortSignal | undefined): Promise<void> {
    return waitFor((wait) => {
      const waiter = { position, wait };
      this.#waiting.add(waiter);
      wait.after(() => this.#waiting.delete(waiter));
    }, signal);
  }

  /** The queue has come so far. */
  reach(position: number): void {
    for (const waiter of this.#waiting) {
      if (waiter.position > position) continue;
      this.#waiting.delete(waiter);
      waiter.wait.resolve();
    }
  }
}
