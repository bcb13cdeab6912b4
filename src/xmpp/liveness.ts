/**
 * Decides when to ping the server (XEP-0199) and when to give the connection up: a tick passes without a ping if anything
 * was received since the last one; a ping that is not answered in time counts, and a few in a row end the connection.
 */
export interface PingOptions {
  /** ms between looks */
  interval: number;
  /** ms to wait for the answer */
  timeout: number;
  /** unanswered pings in a row that end the connection */
  threshold: number;
}

/** What Jitsi Meet configures by default (`xmppPing`). */
export const defaultPing: PingOptions = { interval: 10_000, timeout: 5_000, threshold: 2 };

export class Liveness {
  readonly #options: PingOptions;
  #nextLook: number;
  #receivedSinceLook = false;
  #missed = 0;

  constructor(options: PingOptions, now: number) {
    this.#options = options;
    this.#nextLook = now + options.interval;
  }

  received(): void {
    this.#receivedSinceLook = true;
    this.#missed = 0;
  }

  /** True when a ping must be sent now. */
  look(now: number): boolean {
    if (now < this.#nextLook) return false;
    this.#nextLook = now + this.#options.interval;
    const silent = !this.#receivedSinceLook;
    this.#receivedSinceLook = false;
    return silent;
  }

  /** A ping went unanswered; true when that was one too many. */
  missed(): boolean {
    this.#missed += 1;
    return this.#missed >= this.#options.threshold;
  }

  get nextLook(): number {
    return this.#nextLook;
  }
}
