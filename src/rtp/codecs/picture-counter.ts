/** The numbers that VP8 and VP9 give to the pictures of a source (RFC 7741, 4.2; RFC 9628, 4.2): both begin anywhere. */
import type { RandomBytes } from '../../base/random.ts';
import { readUint16 } from '../bytes.ts';

export class PictureCounter {
  /** Of the picture under way: 15 bits. */
  pictureId: number;
  /** 8 bits: counts the pictures of the lowest temporal layer. */
  tl0PictureIndex: number;

  constructor(random: RandomBytes) {
    const start = random(3);
    this.pictureId = readUint16(start, 0) & 0x7fff;
    this.tl0PictureIndex = start[2] ?? 0;
  }

  next(temporalId: number): void {
    this.pictureId = (this.pictureId + 1) & 0x7fff;
    if (temporalId === 0) this.tl0PictureIndex = (this.tl0PictureIndex + 1) & 0xff;
  }
}
