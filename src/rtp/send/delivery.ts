/** Numbers all packets of a transport, and learns from its feedback which arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
import type { RandomBytes } from '../../base/random.ts';
import { readUint16 } from '../bytes.ts';
import { ticksPerMillisecond, ticksPerReferenceTime, type TransportFeedback } from '../transport-feedback.ts';
import type { PacketResult } from './congestion/packet-result.ts';
import { RateWindow } from './rate-window.ts';

/** Numbers that feedback may be about; a power of two, no more than half of those there are. */
const remembered = 8192;
const fate = { unknown: 0, lost: 1, arrived: 2 } as const;
const referenceTimes = 0x100_0000;

export class Delivery {
  acknowledged = 0;
  lost = 0;
  readonly #rate = new RateWindow();
  /** By number; made when something is sent. */
  #sizes: Uint16Array | undefined;
  #times = new Float64Array();
  #fates = new Uint8Array();
  #probes = new Uint8Array();
  /** Of the next packet; does not wrap. */
  #next: number;
  #first: number;
  #reference: number | undefined;

  constructor(random: RandomBytes) {
    this.#next = readUint16(random(2), 0);
    this.#first = this.#next;
  }

  /** 16 bits: what the next packet is to have. */
  get nextSequenceNumber(): number {
    return this.#next & 0xffff;
  }

  /** It was sent. @param probe the cluster that it was part of; 0: none */
  sent(bytes: number, now: number, probe = 0): void {
    if (!this.#sizes) {
      this.#sizes = new Uint16Array(remembered);
      this.#times = new Float64Array(remembered);
      this.#fates = new Uint8Array(remembered);
      this.#probes = new Uint8Array(remembered);
    }
    const at = this.#next % remembered;
    this.#sizes[at] = bytes;
    this.#times[at] = now;
    this.#fates[at] = fate.unknown;
    this.#probes[at] = probe;
    this.#next++;
  }

  /**
   * What is about packets that were not sent, or long ago, is ignored.
   * @returns what is new of those that were, in the order of sending
   */
  receive(feedback: TransportFeedback, now: number): PacketResult[] {
    const { arrivals, baseSequenceNumber } = feedback;
    const last = this.#next - 1;
    const base = last - ((last - baseSequenceNumber) & 0xffff);
    const oldest = Math.max(this.#first, this.#next - remembered);
    const reference = this.#referenceTime(feedback);
    const results: PacketResult[] = [];
    for (const [index, ticks] of arrivals.entries()) {
      const number = base + index;
      if (number > last) break;
      const at = number % remembered;
      if (number < oldest || !this.#learn(at, ticks !== undefined, now)) continue;
      const arrival = ticks === undefined ? undefined : (reference + ticks) / ticksPerMillisecond;
      results.push({
        sent: this.#times[at] ?? 0,
        bytes: this.#sizes?.[at] ?? 0,
        arrival,
        probe: this.#probes[at],
      });
    }
    return results;
  }

  /** bit/s that were acknowledged in the last second. */
  bitrate(now: number): number {
    return this.#rate.bitrate(now);
  }

  /** A loss may turn out to be a delay. @returns it is news */
  #learn(at: number, hasArrived: boolean, now: number): boolean {
    const known = this.#fates[at];
    if (known === fate.arrived || (known === fate.lost && !hasArrived)) return false;
    if (known === fate.lost) this.lost--;
    this.#fates[at] = hasArrived ? fate.arrived : fate.lost;
    if (!hasArrived) {
      this.lost++;
      return true;
    }
    this.acknowledged++;
    this.#rate.add(this.#sizes?.[at] ?? 0, now);
    return true;
  }

  /** Ticks of the other side's clock, which do not wrap after twelve days. */
  #referenceTime({ referenceTime }: TransportFeedback): number {
    const last = this.#reference ?? referenceTime;
    const ahead = (((referenceTime - last) % referenceTimes) + referenceTimes) % referenceTimes;
    this.#reference = last + (ahead < referenceTimes / 2 ? ahead : ahead - referenceTimes);
    return this.#reference * ticksPerReferenceTime;
  }
}
