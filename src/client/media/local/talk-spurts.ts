/** Where sound begins again after silence that was not sent: such a packet has the marker (RFC 3551, 4.1; RFC 7587, 4.2), and receivers may play it later without being heard to. */
import { opusDuration } from '../../../rtp/codecs/opus/packet.ts';

export class TalkSpurts {
  /** ms, when the last frame ends. */
  #end = -Infinity;

  /** @param timestamp ms @returns whether the frame, which is sent, is the first after a pause of at least its own length */
  begins(timestamp: number, packet: Uint8Array): boolean {
    const duration = opusDuration(packet) ?? 0;
    const begins = timestamp - this.#end >= duration;
    this.#end = timestamp + duration;
    return begins;
  }
}
