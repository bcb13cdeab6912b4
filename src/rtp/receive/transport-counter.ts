/** What a transport brought altogether, and what of it nobody had announced. */
import type { RtpPacket } from '../packet.ts';
import type { TransportStatistics } from './types.ts';

/** Unknown sources that are counted each by itself. */
const maxUnknown = 64;

export class TransportCounter {
  #packets = 0;
  #bytes = 0;
  #unknownPackets = 0;
  #probePackets = 0;
  readonly #unknown = new Map<number, number>();

  count({ payload, paddingLength }: RtpPacket): void {
    this.#packets++;
    this.#bytes += payload.length + paddingLength;
    if (payload.length === 0) this.#probePackets++;
  }

  countUnknown(ssrc: number): void {
    this.#unknownPackets++;
    const count = this.#unknown.get(ssrc);
    if (count !== undefined || this.#unknown.size < maxUnknown) this.#unknown.set(ssrc, (count ?? 0) + 1);
  }

  /** The source is known from now on. */
  known(ssrc: number): void {
    this.#unknown.delete(ssrc);
  }

  get statistics(): TransportStatistics {
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      unknownPackets: this.#unknownPackets,
      probePackets: this.#probePackets,
      unknown: this.#unknown,
    };
  }
}
