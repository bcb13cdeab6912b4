/** VP8 frames to RTP payloads (RFC 7741). Partitions are not told apart: a receiver needs only where the frame begins. */
import type { RandomBytes } from '../../../base/random.ts';
import type { PacketizedPayload, Packetizer } from '../packetizer.ts';
import { PictureCounter } from '../picture-counter.ts';
import { splitEvenly } from '../bytes/split.ts';
import { vp8DescriptorLength, writeVp8Descriptor } from './descriptor.ts';
import { isVp8KeyFrame } from './frame.ts';

export class Vp8Packetizer implements Packetizer {
  readonly #maxPayload: number;
  readonly #counter: PictureCounter;
  /** Of the frames since the last key frame, but for the lowest. */
  #lowestUpper = Infinity;

  constructor(random: RandomBytes, maxPayload: number) {
    this.#maxPayload = maxPayload;
    this.#counter = new PictureCounter(random);
  }

  packetize(data: Uint8Array, temporalId = 0): PacketizedPayload[] {
    const pieces = splitEvenly(data, this.#maxPayload - vp8DescriptorLength);
    if (pieces.length === 0) return [];
    this.#counter.next(temporalId);
    const isLayerSync = this.#isLayerSync(data, temporalId);
    return pieces.map((piece, index) => {
      const payload = new Uint8Array(vp8DescriptorLength + piece.length);
      writeVp8Descriptor(payload, {
        isFrameStart: index === 0,
        pictureId: this.#counter.pictureId,
        tl0PictureIndex: this.#counter.tl0PictureIndex,
        temporalId,
        isLayerSync,
      });
      payload.set(piece, vp8DescriptorLength);
      return { payload, marker: index === pieces.length - 1 };
    });
  }

  /** After a key frame there is nothing else yet that it could depend on; browsers wait for it to be said. */
  #isLayerSync(data: Uint8Array, temporalId: number): boolean {
    if (isVp8KeyFrame(data)) this.#lowestUpper = Infinity;
    if (temporalId === 0) return false;
    const isFirst = temporalId < this.#lowestUpper;
    if (isFirst) this.#lowestUpper = temporalId;
    return isFirst;
  }
}
