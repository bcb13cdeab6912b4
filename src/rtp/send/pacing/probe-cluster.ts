/**
 * Some packets at a higher rate than is allowed, to see whether they get through at it: at least 5 of them, and for at least 15 ms (libwebrtc's
 * `BitrateProber`).
 */

const leastPackets = 5;
/** ms */
const leastDuration = 15;
/** ms; what did not begin until then is about another time */
const longestWait = 5_000;

export class ProbeCluster {
  /** 1 to 255; of the packets that are none of a cluster it is 0 */
  readonly id: number;
  /** bit/s */
  readonly bitrate: number;
  readonly leastBytes: number;
  readonly leastPackets: number = leastPackets;
  readonly #requestedAt: number;
  #startedAt: number | undefined;
  #bytes = 0;
  #packets = 0;

  constructor(id: number, bitrate: number, now: number) {
    this.id = id;
    this.bitrate = bitrate;
    this.leastBytes = (bitrate * leastDuration) / 8_000;
    this.#requestedAt = now;
  }

  get isDone(): boolean {
    return this.#packets >= leastPackets && this.#bytes >= this.leastBytes;
  }

  isTooOld(now: number): boolean {
    return now - this.#requestedAt > longestWait;
  }

  /** When the next packet is to go out; at once, if it is the first. */
  get due(): number {
    return this.#startedAt === undefined ? -Infinity : this.#startedAt + (this.#bytes * 8_000) / this.bitrate;
  }

  sent(bytes: number, now: number): void {
    this.#startedAt ??= now;
    this.#bytes += bytes;
    this.#packets++;
  }
}
