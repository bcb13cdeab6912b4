/** Puts the packets of a source in order: later ones wait for those that are missing, until these come or are given up. */
import { type MissingPacket, MissingPackets } from './missing-packets.ts';
import type { ResponseTime } from './response-time.ts';
import type { ReceivedPacket, ReceiveLimits } from './types.ts';

export class PacketOrder {
  readonly #limits: ReceiveLimits;
  readonly #handler: (packet: ReceivedPacket) => void;
  readonly #missing: MissingPackets;
  /** Packets after a missing one; undefined for those that bring no media, only their number. */
  readonly #held = new Map<number, ReceivedPacket | undefined>();
  /** The number that is to be delivered next. All from here to the highest are either held or missing. */
  #next: number;
  #highest: number;
  #isAfterGap = false;

  /**
   * @param first the number of the source's first packet
   * @param deliver is given each packet in its turn
   */
  constructor(
    first: number,
    limits: ReceiveLimits,
    responseTime: ResponseTime,
    deliver: (packet: ReceivedPacket) => void,
  ) {
    this.#next = first;
    this.#highest = first - 1;
    this.#limits = limits;
    this.#handler = deliver;
    this.#missing = new MissingPackets(limits, responseTime);
  }

  /** When {@link tick} has something to do; `Infinity` when there is nothing. */
  get due(): number {
    return this.#missing.due;
  }

  /** A packet has come; undefined when it was not missed. */
  found(sequence: number): MissingPacket | undefined {
    return this.#missing.delete(sequence);
  }

  /**
   * @param packet undefined when it has a number and no media
   * @param canRequest those missing before it can be asked for
   * @returns false when its place has passed
   */
  insert(sequence: number, packet: ReceivedPacket | undefined, canRequest: boolean, now: number): boolean {
    if (sequence < this.#next) return false;
    if (sequence === this.#next && this.#held.size === 0) {
      this.#next = sequence + 1;
      this.#highest = sequence;
      if (packet) this.#deliver(packet);
      return true;
    }
    if (sequence > this.#highest) this.#reach(sequence, canRequest, now);
    this.#held.set(sequence, packet);
    this.#advance();
    return true;
  }

  /** Gives up what has been missing for too long, and tells what to ask for now. */
  tick(now: number): number[] {
    if (this.#missing.due > now) return [];
    const requested = this.#missing.takeDue(now);
    this.#advance();
    return requested;
  }

  /** Nothing is waited for any more: what is held is delivered, and then comes `next`. */
  skip(next: number): void {
    this.#missing.clear();
    this.#advance();
    if (next !== this.#next) this.#isAfterGap = true;
    this.#next = next;
    this.#highest = next - 1;
  }

  #reach(sequence: number, canRequest: boolean, now: number): void {
    const { missingPackets } = this.#limits;
    // More than can be asked for: go on from here.
    if (sequence - this.#highest - 1 > missingPackets) this.skip(sequence);
    for (let number = this.#highest + 1; number < sequence; number++)
      this.#missing.add(number, canRequest, now);
    this.#highest = sequence;
    for (let number = this.#next; this.#missing.size > missingPackets; number++) this.#missing.delete(number);
  }

  /** Delivers what nothing is missing before, and as much as can not be held. */
  #advance(): void {
    while (this.#held.size > 0) {
      const sequence = this.#next;
      if (this.#held.has(sequence)) {
        const packet = this.#held.get(sequence);
        this.#held.delete(sequence);
        this.#next = sequence + 1;
        if (packet) this.#deliver(packet);
        continue;
      }
      if (this.#missing.has(sequence)) {
        if (this.#held.size <= this.#limits.heldPackets) break;
        this.#missing.delete(sequence);
      }
      this.#next = sequence + 1;
      this.#isAfterGap = true;
    }
  }

  #deliver(packet: ReceivedPacket): void {
    packet.gap = this.#isAfterGap;
    this.#isAfterGap = false;
    this.#handler(packet);
  }
}
