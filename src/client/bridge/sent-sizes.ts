/** How many messages are in a link's queue, of which only the bytes are known. */

/** Sizes that are kept without a look at which have left. */
const mostUnlooked = 1_024;

export class SentSizes {
  /** Of messages that may not have left, oldest first. */
  #sizes: number[] = [];

  /** @param waiting bytes that have not left, with this message */
  sent(size: number, waiting: number): void {
    if (waiting === 0) {
      if (this.#sizes.length > 0) this.#sizes = [];
      return;
    }
    this.#sizes.push(size);
    if (this.#sizes.length % mostUnlooked === 0)
      this.#sizes.splice(0, this.#sizes.length - this.count(waiting));
  }

  /** Messages that make up the last `waiting` bytes; one that has left in part counts. */
  count(waiting: number): number {
    let [rest, count] = [waiting, 0];
    for (let index = this.#sizes.length - 1; index >= 0 && rest > 0; index -= 1) {
      rest -= this.#sizes[index] ?? 0;
      count += 1;
    }
    return count;
  }
}
