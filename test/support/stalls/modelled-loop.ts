/**
 * Node's event loop in virtual time: it reads datagrams and runs timers, except while somebody computes; then what has come is read afterwards, up to 32
 * datagrams a round, as libuv does.
 */
import type { LoopTimes } from '../../../src/rtc/werift/ice/late-reading.ts';
import type { ManualClock } from '../manual-clock.ts';

/** Somebody computes for so long, so often. ms */
export interface Stalls {
  every: number;
  length: number;
}

const mostInOneGo = 32;

export class ModelledLoop implements LoopTimes {
  readonly #clock: ManualClock;
  readonly #stalls: Stalls;
  readonly #read: (datagram: Uint8Array) => void;
  readonly #socket: Uint8Array[] = [];
  #after: (() => void)[] = [];
  #rounds = 0;
  #isWaking = false;

  /** @param read is given each datagram when it is read */
  constructor(clock: ManualClock, stalls: Stalls, read: (datagram: Uint8Array) => void) {
    this.#clock = clock;
    this.#stalls = stalls;
    this.#read = read;
    if (stalls.length > 0) this.#stallAgain();
  }

  now(): number {
    return this.#clock.now();
  }

  /** Reading takes no time. */
  idle(): number {
    const { every, length } = this.#stalls;
    const passed = this.#clock.now() % every;
    return this.#clock.now() - Math.floor(this.#clock.now() / every) * length - Math.min(passed, length);
  }

  rounds(): number {
    return this.#rounds;
  }

  afterReading(run: () => void): void {
    this.#after.push(run);
  }

  /** It has come to the socket. */
  arrived(datagram: Uint8Array): void {
    this.#socket.push(datagram);
    this.#wake();
  }

  /** @returns what takes it back */
  schedule(delay: number, run: () => void): () => void {
    let cancel = this.#clock.schedule(Math.max(1, Math.ceil(delay)), () => {
      const wait = this.#busyFor;
      if (wait > 0) cancel = this.#clock.schedule(wait, run);
      else {
        this.#rounds++;
        run();
      }
    });
    return () => cancel();
  }

  /** ms until whoever computes is done; they begin at each multiple of `every` */
  get #busyFor(): number {
    const { every, length } = this.#stalls;
    return Math.max(0, length - (this.#clock.now() % every));
  }

  #stallAgain(): void {
    this.#rounds++;
    this.#clock.schedule(this.#stalls.every - (this.#clock.now() % this.#stalls.every), () =>
      this.#stallAgain(),
    );
  }

  #wake(): void {
    if (this.#isWaking) return;
    const wait = this.#busyFor;
    if (wait === 0) {
      this.#rounds++;
      this.#readAll();
      return;
    }
    this.#isWaking = true;
    // Sockets are looked at in the round that began with a long timer.
    this.#clock.schedule(wait, () => {
      this.#isWaking = false;
      this.#readAll();
    });
  }

  #readAll(): void {
    while (this.#socket.length > 0 || this.#after.length > 0) {
      for (const datagram of this.#socket.splice(0, mostInOneGo)) this.#read(datagram);
      for (const run of this.#after.splice(0)) run();
      if (this.#socket.length > 0) this.#rounds++;
    }
  }
}
