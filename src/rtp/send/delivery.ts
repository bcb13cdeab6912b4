/** Numbers all packets of a transport, and learns from its feedback which arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
import type { RandomBytes } from '../../base/random.ts';
import { readUint16 } from '../bytes.ts';
import type { TransportFeedback } from '../transport-feedback.ts';
import { RateWindow } from './rate-window.ts';

/** Numbers that feedback may be about; a power of two, no more than half of those there are. */
const remembered = 8192;
const fate = { unknown: 0, lost: 1, arrived: 2 } as const;

export class Delivery {
  acknowledged = 0;
  lost = 0;
  readonly #rate = new RateWindow();
  /** By number; made when something is sent. */
  #sizes: Uint16Array | undefined;
  #fates = new Uint8Array();
  /** Of the next packet; does not wrap. */
  #next: number;
  #first: number;

  constructor(random: RandomBytes) {
    this.#next = readUint16(random(2), 0);
    this.#first = this.#next;
  }

  /** 16 bits: what the next packet is to have. */
  get nextSequenceNumber(): number {
    return this.#next & 0xffff;
  }

  /** It was sent. */
  sent(bytes: number): void {
    if (!this.#sizes) {
      this.#sizes = new Uint16Array(remembered);
      this.#fates = new Uint8Array(remembered);
    }
    const at = this.#next % remembered;
    this.#sizes[at] = bytes;
    this.#fates[at] = fate.unknown;
    this.#next++;
  }

  /** What is about packets that were not sent, or long ago, is ignored. */
  receive({ baseSequenceNumber, arrivals }: TransportFeedback, now: number): void {
    const last = this.#next - 1;
    const base = last - ((last - baseSequenceNumber) & 0xffff);
    const oldest = Math.max(this.#first, this.#next - remembered);
    for (const [index, arrival] of arrivals.entries()) {
      const number = base + index;
      if (number > last) break;
      if (number >= oldest) this.#learn(number % remembered, arrival !== undefined, now);
    }
  }

  /** bit/s that were acknowledged in the last second. */
  bitrate(now: number): number {
    return this.#rate.bitrate(now);
  }

  /** A loss may turn out to be a delay. */
  #learn(at: number, hasArrived: boolean, now: number): void {
    const known = this.#fates[at];
    if (known === fate.arrived || (known === fate.lost && !hasArrived)) return;
    if (known === fate.lost) this.lost--;
    this.#fates[at] = hasArrived ? fate.arrived : fate.lost;
    if (!hasArrived) {
      this.lost++;
      return;
    }
    this.acknowledged++;
    this.#rate.add(this.#sizes?.[at] ?? 0, now);
  }
}
