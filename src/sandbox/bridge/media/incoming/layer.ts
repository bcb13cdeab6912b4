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
  /** Of it with those below, and of it alone. */
  readonly #rate = new BitrateMeter();
  readonly #own = new BitrateMeter();

  /** @param height until a key frame tells it */
  constructor(encoding: Encoding, spatialId: number, height: number) {
    this.encoding = encoding;
    this.spatialId = spatialId;
    this.height = height;
  }

  /** bit/s; 0 while nothing of it comes */
  bitrate(now: Milliseconds): number {
    return this.#own.bitrate(now) === 0 ? 0 : this.#rate.bitrate(now);
  }

  /** A packet of its encoding has come. */
  add({ rtp, spatialId }: MediaPacket, now: Milliseconds): void {
    if (spatialId > this.spatialId) return;
    this.#rate.add(rtp.payload.length, now);
    if (spatialId === this.spatialId) this.#own.add(rtp.payload.length, now);
  }
}
