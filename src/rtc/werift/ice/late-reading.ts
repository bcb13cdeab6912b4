/**
 * Datagrams that are read late. Node does not hand out the kernel's times of arrival, and its event loop is late whenever somebody computes. What is read in
 * one go after that came while the loop was busy, and is taken to have come evenly: if all of it came when it is read, whoever estimates the way by these times
 * (transport-wide feedback) sees a queue, or a burst, where there is only us.
 */
import { performance } from 'node:perf_hooks';
import { type Milliseconds, steadyClock } from '../../../base/clock.ts';

/** ms that the loop may be busy between two reads, as it is with the datagrams themselves */
const unnoticed: Milliseconds = 10;
/** libuv reads so many from a socket before it looks after others. */
const mostInOneGo = 32;
/** Datagrams that are kept back. */
const mostHeld = 2_000;

/** The event loop, as far as it matters here. */
export interface LoopTimes {
  now(): Milliseconds;
  /** ms for which it has waited for something to happen, since it began */
  idle(): Milliseconds;
  /** Its rounds, in each of which it reads what there is. */
  rounds(): number;
  /** Runs when everything has been read that could be, or {@link mostInOneGo} of it. */
  afterReading(run: () => void): void;
}

const eventLoop: LoopTimes = {
  now: () => steadyClock.now(),
  idle: () => performance.nodeTiming.idleTime,
  rounds: () => performance.nodeTiming.uvMetricsInfo.loopCount,
  afterReading: (run) => void setImmediate(run),
};

interface Datagram {
  data: Buffer;
  address: string;
  port: number;
}

export class LateReading {
  readonly #deliver: (data: Buffer, address: string, port: number, late: Milliseconds) => void;
  readonly #loop: LoopTimes;
  readonly #held: Datagram[] = [];
  #heldBefore = 0;
  /** Since when the loop had been busy when those that are held were read. */
  #busySince: Milliseconds | undefined;
  #lastRead: Milliseconds;
  #idleAtLastRead: Milliseconds;
  #roundOfLastRead: number;

  /** @param deliver `late`: ms ago it arrived, as far as can be known */
  constructor(
    deliver: (data: Buffer, address: string, port: number, late: Milliseconds) => void,
    loop: LoopTimes = eventLoop,
  ) {
    this.#deliver = deliver;
    this.#loop = loop;
    this.#lastRead = loop.now();
    this.#idleAtLastRead = loop.idle();
    this.#roundOfLastRead = loop.rounds();
  }

  /** A datagram is read: it is delivered now, or a moment later with all that were read with it, in their order. */
  read(data: Buffer, address: string, port: number): void {
    const now = this.#loop.now();
    const idle = this.#loop.idle();
    const round = this.#loop.rounds();
    // While the loop waited, or in another round, it would have read whatever came: of several rounds each was busy for as long, for all we know.
    const rounds = Math.max(1, round - this.#roundOfLastRead);
    const busy = (now - this.#lastRead - (idle - this.#idleAtLastRead)) / rounds;
    this.#lastRead = now;
    this.#idleAtLastRead = idle;
    this.#roundOfLastRead = round;
    if (this.#busySince === undefined) {
      if (busy <= unnoticed) {
        this.#deliver(data, address, port, 0);
        return;
      }
      this.#busySince = now - busy;
    }
    this.#held.push({ data, address, port });
    if (this.#held.length === 1) this.#loop.afterReading(this.#look);
    else if (this.#held.length >= mostHeld) this.#release();
  }

  readonly #look = (): void => {
    const isMore = this.#held.length - this.#heldBefore >= mostInOneGo;
    this.#heldBefore = this.#held.length;
    if (isMore) this.#loop.afterReading(this.#look);
    else this.#release();
  };

  #release(): void {
    const held = this.#held.splice(0);
    const start = this.#busySince ?? this.#lastRead;
    const step = (this.#lastRead - start) / held.length;
    this.#busySince = undefined;
    this.#heldBefore = 0;
    for (const [index, { address, data, port }] of held.entries()) {
      const arrival = start + (index + 0.5) * step;
      this.#deliver(data, address, port, Math.max(0, this.#loop.now() - arrival));
    }
  }
}
