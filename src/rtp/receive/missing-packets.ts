/** The packets of a source that others have overtaken: asked for again, or waited for, and given up in the end. */
import type { ResponseTime } from './response-time.ts';
import type { ReceiveLimits } from './types.ts';

export interface MissingPacket {
  since: number;
  canRequest: boolean;
  requests: number;
  /** When it was asked for first. */
  requestedAt: number;
  /** When to ask (again), or to give up. */
  due: number;
}

/** ms; a packet may only have been overtaken, and losses often come together. */
const firstRequestDelay = 10;

export class MissingPackets {
  readonly #limits: ReceiveLimits;
  readonly #responseTime: ResponseTime;
  /** By number, in ascending order. */
  readonly #packets = new Map<number, MissingPacket>();
  /** Not later than the first that is due. */
  #due = Infinity;

  constructor(limits: ReceiveLimits, responseTime: ResponseTime) {
    this.#limits = limits;
    this.#responseTime = responseTime;
  }

  get size(): number {
    return this.#packets.size;
  }

  /** When something is to be done; `Infinity` when there is nothing. */
  get due(): number {
    return this.#due;
  }

  /** @param sequence above all that are missed */
  add(sequence: number, canRequest: boolean, now: number): void {
    const due = now + (canRequest ? firstRequestDelay : this.#limits.reorderingWait);
    this.#packets.set(sequence, { since: now, canRequest, requests: 0, requestedAt: now, due });
    this.#due = Math.min(this.#due, due);
  }

  has(sequence: number): boolean {
    return this.#packets.has(sequence);
  }

  /** Not missed any more: it came, or was given up. */
  delete(sequence: number): MissingPacket | undefined {
    const packet = this.#packets.get(sequence);
    if (packet) this.#packets.delete(sequence);
    if (this.#packets.size === 0) this.#due = Infinity;
    return packet;
  }

  /** Takes out those that are given up, and lists those to ask for now. */
  takeDue(now: number): number[] {
    const requested: number[] = [];
    const wait = this.#responseTime.wait;
    this.#due = Infinity;
    for (const [sequence, packet] of this.#packets) {
      if (packet.due <= now) {
        if (this.#isHopeless(packet, now)) {
          this.#packets.delete(sequence);
          continue;
        }
        if (packet.requests === 0) packet.requestedAt = now;
        packet.requests++;
        packet.due = Math.min(now + wait, packet.since + this.#limits.repairWait);
        requested.push(sequence);
      }
      this.#due = Math.min(this.#due, packet.due);
    }
    return requested;
  }

  clear(): void {
    this.#packets.clear();
    this.#due = Infinity;
  }

  #isHopeless({ canRequest, requests, since }: MissingPacket, now: number): boolean {
    return !canRequest || requests >= this.#limits.requests || now >= since + this.#limits.repairWait;
  }
}
