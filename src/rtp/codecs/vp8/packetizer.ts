/** VP8 frames to RTP payloads (RFC 7741). Partitions are not told apart: a receiver needs only where the frame begins. */
import type { RandomBytes } from '../../../base/random.ts';
import type { PacketizedPayload, Packetizer } from '../packetizer.ts';
import { PictureCounter } from '../picture-counter.ts';
import { splitEvenly } from '../bytes/split.ts';
import { vp8DescriptorLength, writeVp8Descriptor } from './descriptor.ts';

export class Vp8Packetizer implements Packetizer {
  readonly #maxPayload: number;
  readonly #counter: PictureCounter;

  constructor(random: RandomBytes, maxPayload: number) {
    this.#maxPayload = maxPayload;
    this.#counter = new PictureCounter(random);
  }

  packetize(data: Uint8Array, temporalId = 0): PacketizedPayload[] {
    const pieces = splitEvenly(data, this.#maxPayload - vp8DescriptorLength);
    if (pieces.length === 0) return [];
    this.#counter.next(temporalId);
    return pieces.map((piece, index) => {
      const payload = new Uint8Array(vp8DescriptorLength + piece.length);
      writeVp8Descriptor(payload, {
        isFrameStart: index === 0,
        pictureId: this.#counter.pictureId,
        tl0PictureIndex: this.#counter.tl0PictureIndex,
        temporalId,
      });
      payload.set(piece, vp8DescriptorLength);
      return { payload, marker: index === pieces.length - 1 };
    });
  }
}
