/** The latest packets of a source, for those who miss one (jitsi-videobridge `PacketCache.kt`: 500 packets, 15 s). */
import type { Milliseconds } from '../../../../base/clock.ts';
import type { MediaPacket } from '../media-packet.ts';

const capacity = 500;
const maxAge: Milliseconds = 15_000;

export class PacketCache {
  readonly #packets: (MediaPacket | undefined)[] = [];
  readonly #times: Milliseconds[] = [];

  /** One that is so late that a later one has its place is not kept. */
  add(packet: MediaPacket, now: Milliseconds): void {
    const index = indexOf(packet.number);
    const other = this.#packets[index];
    if (other && other.number > packet.number) return;
    this.#packets[index] = packet;
    this.#times[index] = now;
  }

  get(number: number, now: Milliseconds): MediaPacket | undefined {
    const index = indexOf(number);
    const packet = this.#packets[index];
    if (packet?.number !== number || now - (this.#times[index] ?? 0) > maxAge) return undefined;
    return packet;
  }
}

function indexOf(number: number): number {
  return ((number % capacity) + capacity) % capacity;
}
