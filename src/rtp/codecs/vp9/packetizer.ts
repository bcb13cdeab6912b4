/**
 * VP9 frames of one layer to RTP payloads (RFC 9628), in non-flexible mode as browsers send them: key frames carry a structure, and each
 * picture refers to the one before.
 */
import type { RandomBytes } from '../../../base/random.ts';
import { writeUint16 } from '../../bytes.ts';
import type { FrameSize } from '../frame-size.ts';
import type { PacketizedPayload, Packetizer } from '../packetizer.ts';
import { PictureCounter } from '../picture-counter.ts';
import { splitEvenly } from '../bytes/split.ts';
import { isVp9KeyFrame, vp9FrameSize } from './frame.ts';

const descriptorLength = 5;
const structureLength = 8;

export class Vp9Packetizer implements Packetizer {
  readonly #maxPayload: number;
  readonly #counter: PictureCounter;

  constructor(random: RandomBytes, maxPayload: number) {
    this.#maxPayload = maxPayload;
    this.#counter = new PictureCounter(random);
  }

  packetize(data: Uint8Array): PacketizedPayload[] {
    const isKey = isVp9KeyFrame(data);
    const size = isKey ? vp9FrameSize(data) : undefined;
    const pieces = splitEvenly(data, this.#maxPayload - descriptorLength - (size ? structureLength : 0));
    if (pieces.length === 0) return [];
    this.#counter.next(0);
    return pieces.map((piece, index) => {
      const isLast = index === pieces.length - 1;
      const structure = index === 0 ? size : undefined;
      const length = descriptorLength + (structure ? structureLength : 0);
      const payload = new Uint8Array(length + piece.length);
      // I, L; P; B; E; V
      payload[0] =
        0xa0 | (isKey ? 0 : 0x40) | (index === 0 ? 0x08 : 0) | (isLast ? 0x04 : 0) | (structure ? 0x02 : 0);
      writeUint16(payload, 1, 0x8000 | this.#counter.pictureId);
      payload[3] = 0x10; // TID 0, switching up point, SID 0
      payload[4] = this.#counter.tl0PictureIndex;
      if (structure) writeStructure(payload, descriptorLength, structure);
      payload.set(piece, length);
      return { payload, marker: isLast };
    });
  }
}

/** 4.2.1: one spatial layer with its size; groups of one picture, which refers to the one before. */
function writeStructure(bytes: Uint8Array, at: number, size: FrameSize): void {
  bytes[at] = 0x18; // N_S 0, Y, G
  writeUint16(bytes, at + 1, size.width);
  writeUint16(bytes, at + 3, size.height);
  bytes[at + 5] = 1; // N_G
  bytes[at + 6] = 0x14; // TID 0, U, R 1
  bytes[at + 7] = 1; // P_DIFF
}
