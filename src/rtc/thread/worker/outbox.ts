/**
 * What is told to the other thread: packets when this one has read what there is, a hundred times a second at most, for waking the other costs as much as ten
 * packets; everything else at once, in its place among them.
 * While the other thread takes nothing in, packets are kept up to a limit, and dropped beyond it.
 */
import type { Clock, Milliseconds } from '../../../base/clock.ts';
import type { ReceivedPacket } from '../../../rtp/receive/types.ts';
import { type Report, sizeOf } from '../messages.ts';
import { packReceived, type StreamPacket } from '../received-batch.ts';

/** Bytes that wait for the other thread: ten seconds of 25 Mbit/s. */
const mostWaiting = 32 * 2 ** 20;

/** Between two batches. */
const pause: Milliseconds = 10;

type Post = (report: Report, transfer: ArrayBuffer[]) => void;

export class Outbox {
  readonly #post: Post;
  readonly #taken: Float64Array;
  readonly #clock: Clock;
  readonly #audio: StreamPacket[] = [];
  readonly #video: StreamPacket[] = [];
  /** Bytes of reports, ever. */
  #given = 0;
  #isScheduled = false;
  #lastBatch: Milliseconds = -Infinity;

  /** @param taken bytes of reports that the other thread has taken in, ever */
  constructor(post: Post, taken: SharedArrayBuffer, clock: Clock) {
    this.#clock = clock;
    this.#post = post;
    this.#taken = new Float64Array(taken);
  }

  /** More waits than may: who goes on later has a gap. */
  get isFull(): boolean {
    return this.#given - (this.#taken[0] ?? 0) > mostWaiting;
  }

  packet(stream: number, codec: number, packet: ReceivedPacket): void {
    (packet.codec.kind === 'audio' ? this.#audio : this.#video).push({ stream, codec, packet });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const wait = this.#lastBatch + pause - this.#clock.now();
    if (wait > 0) this.#clock.schedule(wait, this.#flush);
    else setImmediate(this.#flush);
  }

  tell(report: Report, transfer: ArrayBuffer[] = []): void {
    this.#sendPackets();
    this.#give(report, transfer);
  }

  /** Something that may as well be lost, as it is while the other thread takes nothing in. */
  mention(report: Report): void {
    if (!this.isFull) this.tell(report);
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
    this.#lastBatch = this.#clock.now();
    this.#give({ name: 'packets', batches }, batches);
  }

  #give(report: Report, transfer: ArrayBuffer[]): void {
    this.#given += sizeOf(report);
    this.#post(report, transfer);
  }
}
