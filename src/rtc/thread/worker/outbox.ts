/**
 * What is told to the other thread: packets once for each time that this one has read what there is, everything else at once, in its place among them.
 * While the other thread takes nothing in, packets are kept up to a limit, and dropped beyond it.
 */
import type { RtpCodec } from '../../../rtp/parameters.ts';
import type { ReceivedPacket } from '../../../rtp/receive/types.ts';
import type { Report } from '../messages.ts';
import { type LinkedPacket, packReceived } from '../received-batch.ts';

/** Bytes of packets that wait for the other thread: ten seconds of 25 Mbit/s. */
const mostWaiting = 32 * 2 ** 20;

type Post = (report: Report, transfer: ArrayBuffer[]) => void;

export class Outbox {
  readonly #post: Post;
  readonly #taken: Float64Array;
  readonly #audio: LinkedPacket[] = [];
  readonly #video: LinkedPacket[] = [];
  /** Bytes of batches, ever. */
  #given = 0;
  #isScheduled = false;

  /** @param taken bytes of batches that the other thread has taken in, ever */
  constructor(post: Post, taken: SharedArrayBuffer) {
    this.#post = post;
    this.#taken = new Float64Array(taken);
  }

  /** More waits than may: who goes on later has a gap. */
  get isFull(): boolean {
    return this.#given - (this.#taken[0] ?? 0) > mostWaiting;
  }

  packet(link: number, codec: number, packet: ReceivedPacket): void {
    const { kind } = packet.codec satisfies RtpCodec;
    (kind === 'audio' ? this.#audio : this.#video).push({ link, codec, packet });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  tell(report: Report, transfer: ArrayBuffer[] = []): void {
    this.#sendPackets();
    this.#post(report, transfer);
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    this.#sendPackets();
  };

  #sendPackets(): void {
    const batches: ArrayBuffer[] = [];
    for (const packets of [this.#audio, this.#video])
      if (packets.length > 0) batches.push(packReceived(packets.splice(0)));
    if (batches.length === 0) return;
    for (const { byteLength } of batches) this.#given += byteLength;
    this.#post({ name: 'packets', batches }, batches);
  }
}
