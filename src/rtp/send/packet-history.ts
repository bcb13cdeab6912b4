/** What one source has sent lately, for retransmission: bounded in number, bytes and age. */
import type { RtpExtension } from '../packet.ts';
import type { SendLimits } from './types.ts';

export interface KeptPacket {
  /** Does not wrap. */
  sequenceNumber: number;
  payloadType: number;
  rtxPayloadType: number | undefined;
  timestamp: number;
  marker: boolean;
  payload: Uint8Array;
  /** Those of the packet itself, not of its way. */
  extensions: readonly RtpExtension[];
  sentAt: number;
  retransmittedAt: number;
}

export class PacketHistory {
  readonly #limits: SendLimits;
  /** By number, modulo the limit. */
  readonly #packets: (KeptPacket | undefined)[] = [];
  /** Numbers from `#oldest` on, up to but without `#end`, are kept. */
  #oldest = 0;
  #end = 0;
  #bytes = 0;

  constructor(limits: SendLimits) {
    this.#limits = limits;
  }

  /** The one after the last. After a break the older ones are forgotten. */
  add(packet: KeptPacket): void {
    const { sequenceNumber, payload, sentAt } = packet;
    const { keptBytes, keptPackets } = this.#limits;
    while (this.#oldest < this.#end && sequenceNumber !== this.#end) this.#forgetOldest();
    if (this.#oldest === this.#end) this.#oldest = this.#end = sequenceNumber;
    this.#expire(sentAt);
    this.#bytes += payload.length;
    while (this.#oldest < this.#end && (this.#end - this.#oldest >= keptPackets || this.#bytes > keptBytes))
      this.#forgetOldest();
    this.#packets[sequenceNumber % keptPackets] = packet;
    this.#end = sequenceNumber + 1;
  }

  /** @param sequenceNumber 16 bits: the last packet that had it */
  find(sequenceNumber: number, now: number): KeptPacket | undefined {
    const number = this.#end - 1 - ((this.#end - 1 - sequenceNumber) & 0xffff);
    if (number < this.#oldest) return undefined;
    const packet = this.#packets[number % this.#limits.keptPackets];
    return packet && now - packet.sentAt <= this.#limits.keptFor ? packet : undefined;
  }

  get last(): KeptPacket | undefined {
    return this.#oldest < this.#end ? this.#packets[(this.#end - 1) % this.#limits.keptPackets] : undefined;
  }

  /** Of the last so many packets. */
  largestOfLast(count: number): KeptPacket | undefined {
    let largest: KeptPacket | undefined;
    for (let number = Math.max(this.#oldest, this.#end - count); number < this.#end; number++) {
      const packet = this.#packets[number % this.#limits.keptPackets];
      if (packet && packet.payload.length > (largest?.payload.length ?? 0)) largest = packet;
    }
    return largest;
  }

  #expire(now: number): void {
    while (this.#oldest < this.#end) {
      const packet = this.#packets[this.#oldest % this.#limits.keptPackets];
      if (packet && now - packet.sentAt <= this.#limits.keptFor) return;
      this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    const at = this.#oldest % this.#limits.keptPackets;
    this.#bytes -= this.#packets[at]?.payload.length ?? 0;
    this.#packets[at] = undefined;
    this.#oldest++;
  }
}
