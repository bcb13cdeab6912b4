/** VP8 frames to RTP payloads (RFC 7741). Partitions are not told apart: a receiver needs only where the frame begins. */
import type { RandomBytes } from '../../base/random.ts';
import { readUint16 } from '../bytes.ts';
import type { PacketizedPayload, Packetizer } from './packetizer.ts';
import { splitEvenly } from './split.ts';
import { vp8DescriptorLength, writeVp8Descriptor } from './vp8-descriptor.ts';

export class Vp8Packetizer implements Packetizer {
  readonly #maxPayload: number;
  #pictureId: number;
  #tl0PictureIndex: number;

  constructor(random: RandomBytes, maxPayload: number) {
    this.#maxPayload = maxPayload;
    const start = random(3);
    this.#pictureId = readUint16(start, 0) & 0x7fff;
    this.#tl0PictureIndex = start[2] ?? 0;
  }

  packetize(data: Uint8Array, temporalId = 0): PacketizedPayload[] {
    const pieces = splitEvenly(data, this.#maxPayload - vp8DescriptorLength);
    if (pieces.length === 0) return [];
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    if (temporalId === 0) this.#tl0PictureIndex = (this.#tl0PictureIndex + 1) & 0xff;
    return pieces.map((piece, index) => {
      const payload = new Uint8Array(vp8DescriptorLength + piece.length);
      writeVp8Descriptor(payload, {
        isFrameStart: index === 0,
        pictureId: this.#pictureId,
        tl0PictureIndex: this.#tl0PictureIndex,
        temporalId,
      });
      payload.set(piece, vp8DescriptorLength);
      return { payload, marker: index === pieces.length - 1 };
    });
  }
}
