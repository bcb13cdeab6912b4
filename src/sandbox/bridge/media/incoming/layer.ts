/** One quality of a video, as it really comes (jitsi-videobridge `RtpLayerDesc.kt`): how high it is, and what it takes. */
import type { Milliseconds } from '../../../../base/clock.ts';
import { frameSize } from '../../../../rtp/codecs/key-frames.ts';
import type { Encoding, MediaPacket } from '../media-packet.ts';
import { BitrateMeter } from './bitrate-meter.ts';

export class Layer {
  readonly encoding: Encoding;
  readonly #rate = new BitrateMeter();
  #height: number;

  /** @param height until a key frame tells it */
  constructor(encoding: Encoding, height: number) {
    this.encoding = encoding;
    this.#height = height;
  }

  /** Lines; the smaller side of the picture. */
  get height(): number {
    return this.#height;
  }

  /** bit/s; 0 while nothing comes */
  bitrate(now: Milliseconds): number {
    return this.#rate.bitrate(now);
  }

  /** A packet of it has come. */
  add(packet: MediaPacket, now: Milliseconds): void {
    this.#rate.add(packet.rtp.payload.length, now);
    if (packet.videoCodec === undefined || !packet.isStart) return;
    const size = frameSize(packet.videoCodec, packet.rtp.payload);
    if (size) this.#height = Math.min(size.width, size.height);
  }
}
