/**
 * How long it takes until a packet that was asked for comes, and so how long to wait before asking again (after RFC 6298, 2).
 * Asking sooner than that fills the very queue that the answer waits in.
 */

/** ms */
const initialWait = 250;
const minWait = 50;
const maxWait = 400;

export class ResponseTime {
  #smoothed: number | undefined;
  #variation = 0;

  /** ms */
  get wait(): number {
    if (this.#smoothed === undefined) return initialWait;
    return Math.max(minWait, Math.min(maxWait, this.#smoothed + 4 * this.#variation));
  }

  /**
   * @param duration ms since the packet was first asked for: with a queue longer than the wait, answers would otherwise always seem to
   * belong to the last of several requests
   */
  answered(duration: number): void {
    if (this.#smoothed === undefined) {
      this.#smoothed = duration;
      this.#variation = duration / 2;
      return;
    }
    this.#variation += (Math.abs(this.#smoothed - duration) - this.#variation) / 4;
    this.#smoothed += (duration - this.#smoothed) / 8;
  }
}
