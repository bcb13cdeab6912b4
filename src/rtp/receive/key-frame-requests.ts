/**
 * When to ask for a key frame: at once, and again if none comes. A Jitsi bridge passes on at most one request in 200 ms and three in
 * 10 s for each source and receiver, so that more would be for nothing.
 */

/** ms */
const minInterval = 500;
const maxRequests = 5;

export class KeyFrameRequests {
  #due = Infinity;
  #sentAt = -Infinity;
  #sent = 0;
  #sequence = 0;

  /** When the next request is to be sent; `Infinity` when none is. */
  get due(): number {
    return this.#due;
  }

  /** 8 bits, for a FIR: repetitions of a request have the same one. */
  get sequence(): number {
    return this.#sequence & 0xff;
  }

  /** A key frame is needed. Changes nothing while one is asked for. */
  need(now: number, delay = 0): void {
    if (this.#due !== Infinity) return;
    this.#sequence++;
    this.#sent = 0;
    this.#due = Math.max(now + delay, this.#sentAt + minInterval);
  }

  /** One has come, or is not wanted any more. */
  satisfied(): void {
    this.#due = Infinity;
  }

  /** Whether to send a request now. */
  take(now: number): boolean {
    if (this.#due > now) return false;
    this.#sentAt = now;
    this.#sent++;
    this.#due = this.#sent < maxRequests ? now + minInterval * 2 ** (this.#sent - 1) : Infinity;
    return true;
  }
}
