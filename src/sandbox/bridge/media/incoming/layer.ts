/** One quality of a video, as it really comes (jitsi-videobridge `RtpLayerDesc.kt`): how high it is, and what it takes. */
import type { Milliseconds } from '../../../../base/clock.ts';
import type { Encoding, MediaPacket } from '../media-packet.ts';
import { BitrateMeter } from './bitrate-meter.ts';

export class Layer {
  readonly encoding: Encoding;
  /** The highest of its spatial layers, which needs those below. */
  readonly spatialId: number;
  /** Lines; the smaller side of the picture. */
  height: number;
  readonly #below: Layer | undefined;
  /** Without those below. */
  readonly #own = new BitrateMeter();

  /** @param height until a key frame tells it @param below the one that it needs */
  constructor(encoding: Encoding, spatialId: number, height: number, below?: Layer) {
    this.encoding = encoding;
    this.spatialId = spatialId;
    this.height = height;
    this.#below = below;
  }

  /** Something of it comes. */
  isActive(now: Milliseconds): boolean {
    return this.#own.isActive(now);
  }

  /** {@link bitrate} is known. */
  get isMeasured(): boolean {
    return this.#own.isMeasured;
  }

  /** bit/s with those below, when it came last; 0 if it never did */
  get bitrate(): number {
    const own = this.#own.bitrate;
    return own === 0 ? 0 : own + (this.#below?.bitrate ?? 0);
  }

  /** A packet of its encoding has come. */
  add({ rtp, spatialId }: MediaPacket, now: Milliseconds): void {
    if (spatialId === this.spatialId) this.#own.add(rtp.payload.length, now);
  }
}
