/**
 * Requests for key frames of one source (PLI: RFC 4585, 6.3.1; FIR: RFC 5104, 4.3.1): the first is passed on at once, what follows it too
 * soon is passed on together when the time has come.
 */
const mostSenders = 32;

export class KeyFrameAnswers {
  readonly #interval: number;
  readonly #firs = new Map<number, number>();
  #last = -Infinity;
  #isAsked = false;

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** When a request can be passed on; Infinity without one. */
  get due(): number {
    return this.#isAsked ? this.#last + this.#interval : Infinity;
  }

  request(): void {
    this.#isAsked = true;
  }

  /** A FIR that is repeated has the number of the first. */
  requestByFir(senderSsrc: number, sequenceNumber: number): void {
    if (this.#firs.get(senderSsrc) === sequenceNumber) return;
    this.#firs.delete(senderSsrc);
    this.#firs.set(senderSsrc, sequenceNumber);
    for (const oldest of this.#firs.keys()) {
      if (this.#firs.size <= mostSenders) break;
      this.#firs.delete(oldest);
    }
    this.request();
  }

  /** Whether a request is to be passed on now; it counts as passed on then. */
  take(now: number): boolean {
    if (now < this.due) return false;
    this.#isAsked = false;
    this.#last = now;
    return true;
  }
}
