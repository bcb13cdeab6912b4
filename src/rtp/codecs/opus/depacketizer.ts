/** Opus (RFC 7587, 4.2): a payload is a packet of the codec. */
import type { DepacketizedFrame, Depacketizer, FramePosition } from '../depacketizer.ts';

export class OpusDepacketizer implements Depacketizer {
  readonly position: FramePosition = { keyFrame: true };
  #data: Uint8Array | undefined;

  add(payload: Uint8Array): boolean {
    if (this.#data) return false;
    this.#data = payload;
    return true;
  }

  finish(): DepacketizedFrame | undefined {
    const data = this.#data;
    this.#data = undefined;
    return data && { data, position: this.position };
  }
}
