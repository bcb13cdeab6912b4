/**
 * One direction of a TCP connection over a bad network: bytes come late and never get lost, for TCP sends again what was. While the way
 * is cut they wait, up to what the buffers on both ends hold.
 */
import type { Clock, Milliseconds } from '../../base/clock.ts';
import type { WayConditions } from './conditions.ts';

/** Bytes that the buffers of both ends hold; who sends more has to wait. */
const bufferSize = 256 * 1024;

interface Parcel {
  readonly bytes: number;
  readonly sent: Milliseconds;
  /** @param done has to be called; the next one is delivered only then */
  deliver(done: () => void): void;
  /** The sender may send more; called once. */
  taken: (() => void) | undefined;
}

export class Flow {
  readonly #clock: Clock;
  readonly #conditions: () => WayConditions | undefined;
  readonly #waiting: Parcel[] = [];
  #bytes = 0;
  /** When the way is free for the next parcel. */
  #free: Milliseconds = 0;
  #isDelivering = false;
  #isLosing = false;
  #cancel: (() => void) | undefined;

  /** @param conditions as they are now; undefined: perfect */
  constructor(clock: Clock, conditions: () => WayConditions | undefined) {
    this.#clock = clock;
    this.#conditions = conditions;
  }

  /** What is sent now may go as if there were no network. */
  get isClear(): boolean {
    if (this.#waiting.length > 0 || this.#isDelivering || this.#isLosing) return false;
    const now = this.#conditions();
    return !now || (!now.isCut && now.delay === 0 && now.bitsPerSecond === Infinity);
  }

  /** The buffers are full. */
  get isFull(): boolean {
    return this.#bytes > bufferSize;
  }

  pass(bytes: number, deliver: Parcel['deliver'], taken?: () => void): void {
    if (this.#isLosing) {
      taken?.();
      return;
    }
    this.#bytes += bytes;
    this.#waiting.push({ bytes, sent: this.#clock.now(), deliver, taken });
    if (!this.isFull) this.#take();
    this.#run();
  }

  /** The conditions are others now. */
  changed(): void {
    this.#run();
  }

  /** From now on nothing arrives, though the sender believes it. */
  lose(): void {
    this.#isLosing = true;
    for (const { taken } of this.#waiting) taken?.();
    this.clear();
  }

  /** What waits never arrives. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting.length = 0;
  }

  #run(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const parcel = this.#waiting[0];
    const { bitsPerSecond = Infinity, delay = 0, isCut = false } = this.#conditions() ?? {};
    if (!parcel || this.#isDelivering || isCut) return;
    const now = this.#clock.now();
    const through = Math.max(parcel.sent, this.#free) + (parcel.bytes * 8000) / bitsPerSecond;
    if (through + delay > now) {
      this.#cancel = this.#clock.schedule(through + delay - now, () => this.#run());
      return;
    }
    this.#free = through;
    this.#waiting.shift();
    this.#bytes -= parcel.bytes;
    this.#isDelivering = true;
    parcel.deliver(() => {
      this.#isDelivering = false;
      this.#take(parcel);
      this.#run();
    });
  }

  #take(first?: Parcel): void {
    const parcels = first ? [first, ...this.#waiting] : this.#waiting;
    for (const parcel of parcels) {
      if (this.isFull && parcel !== first) return;
      const { taken } = parcel;
      parcel.taken = undefined;
      taken?.();
    }
  }
}
