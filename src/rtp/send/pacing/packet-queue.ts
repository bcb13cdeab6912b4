/** Packets that wait for their turn, the oldest first. */

interface Waiting<Packet> {
  packet: Packet;
  bytes: number;
  since: number;
}

export class PacketQueue<Packet> {
  readonly #waiting: Waiting<Packet>[] = [];
  /** Of the packets in it. */
  bytes = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** Since when the first one has waited; Infinity when there is none. */
  get oldest(): number {
    return this.#waiting[0]?.since ?? Infinity;
  }

  push(packet: Packet, bytes: number, since: number): void {
    this.#waiting.push({ packet, bytes, since });
    this.bytes += bytes;
  }

  shift(): Packet | undefined {
    const first = this.#waiting.shift();
    this.bytes -= first?.bytes ?? 0;
    return first?.packet;
  }
}
