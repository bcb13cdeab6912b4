/**
 * Decides when to ping the server (XEP-0199) and when to give the connection up: after an interval of silence it is pinged, and a few pings in
 * a row without anything heard end the connection. With what Jitsi Meet configures that is 20 s after the last byte.
 *
 * One ping is enough where there is reason to doubt: the network changed, or the process stood still and its connection may be long gone.
 */
export interface PingOptions {
  /** ms of silence before a ping */
  interval: number;
  /** ms to wait for the answer */
  timeout: number;
  /** unanswered pings in a row that end the connection */
  threshold: number;
}

/** What Jitsi Meet configures by default (`xmppPing`). */
export const defaultPing: PingOptions = { interval: 10_000, timeout: 5_000, threshold: 2 };

/** ms that a look comes late only when the process was suspended, or the clock was set. */
const jump = 5_000;

export class Liveness {
  readonly #options: PingOptions;
  #heardAt: number;
  #nextLook: number;
  /** Pings since anything was heard. */
  #pings = 0;
  #isDoubtful = false;

  constructor(options: PingOptions, now: number) {
    this.#options = options;
    this.#heardAt = now;
    this.#nextLook = now + options.interval;
  }

  /** Anything arrived. */
  received(now: number): void {
    this.#heardAt = now;
    this.#pings = 0;
    this.#isDoubtful = false;
  }

  /** What to do now. */
  look(now: number): 'ping' | 'dead' | undefined {
    if (this.#hasJumped(now)) return this.probe(now);
    if (now < this.#nextLook) return undefined;
    if (this.#pings === 0) {
      // Moved here and not with all that arrives, so that no timer has to be set anew each time.
      this.#nextLook = this.#heardAt + this.#options.interval;
      return now < this.#nextLook ? undefined : this.#ping(now);
    }
    return this.#pings >= (this.#isDoubtful ? 1 : this.#options.threshold) ? 'dead' : this.#ping(now);
  }

  /** There is reason to doubt: a ping must be sent now, and one is enough. */
  probe(now: number): 'ping' {
    this.#isDoubtful = true;
    this.#pings = 0;
    return this.#ping(now);
  }

  get nextLook(): number {
    return this.#nextLook;
  }

  #ping(now: number): 'ping' {
    this.#pings += 1;
    this.#nextLook = now + this.#options.timeout;
    return 'ping';
  }

  #hasJumped(now: number): boolean {
    const { interval, timeout } = this.#options;
    return now - this.#nextLook > jump || this.#nextLook - now > Math.max(interval, timeout);
  }
}
