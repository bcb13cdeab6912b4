/**
 * Looks at the bytes of an MP4 file before the library does. Some boxes say how many samples there are without a byte for each (ISO 14496-12: `trun`,
 * `stz2`, `saiz`), and the library makes an entry for each: twenty bytes would fill the memory.
 */
import { containerError } from './media-error.ts';

/** Samples that are read of before one of them is had: hours of sound in one fragment. */
const mostSamples = 500_000;
/** bytes from a box's name to the last number that is looked at, and before it its length */
const reach = 32;
/** Boxes that say how many samples there are. */
const countingBoxes = ['trun', 'stz2', 'saiz'] as const;
/** `moof` */
const fragment = 0x6d6f6f66;
/** Ranges of media that are known: what is in them is no box. */
const mostRanges = 256;

export class Mp4Guard {
  readonly #name: string;
  /** Where the next box of the file itself begins. */
  #next = 0;
  readonly #media: { start: number; end: number }[] = [];
  /** The end of what was looked at last, and where it ends. */
  #tail: Uint8Array = new Uint8Array(0);
  #tailEnd = 0;
  #samples = 0;
  /** The same of fragments that the library takes, wherever they are. */
  #fragmentSamples = 0;

  constructor(name: string) {
    this.#name = name;
  }

  progress(): void {
    this.#samples = 0;
    this.#fragmentSamples = 0;
  }

  /** Bytes before this position that have to be looked at again with what is there: a box may begin in them. */
  overlapAt(position: number): number {
    return position === this.#tailEnd ? 0 : Math.min(position, reach);
  }

  /**
   * @param position of the first of the bytes
   * @throws ParseError `container-damaged`, `container-too-costly`
   */
  look(position: number, bytes: Uint8Array): void {
    const isNext = position === this.#tailEnd;
    const seen = isNext
      ? Buffer.concat([this.#tail, bytes])
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const start = isNext ? position - this.#tail.length : position;
    this.#tailEnd = start + seen.length;
    // A copy: what it is a part of may be kept for long otherwise.
    this.#tail = new Uint8Array(seen.subarray(Math.max(0, seen.length - reach)));
    this.#follow(start, seen);
    for (const name of countingBoxes) {
      for (let at = seen.indexOf(name, 0, 'latin1'); at >= 0; at = seen.indexOf(name, at + 4, 'latin1')) {
        if (at + 21 > seen.length || this.#isMedia(start + at)) continue;
        // What was in the tail whole was looked at already.
        if (isNext && at + 21 <= seen.length - bytes.length) continue;
        this.#samples += this.#countOf(name, seen.subarray(at));
        this.#check(this.#samples);
      }
    }
  }

  /**
   * Looks at what the library takes as one piece. A fragment of an index (`tfra`) may be anywhere, in a range of media too.
   * @throws ParseError `container-damaged`, `container-too-costly`
   */
  lookAtTaken(piece: Uint8Array): void {
    const box = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    if (box.length < 8 || box.readUInt32BE(4) !== fragment) return;
    for (const name of countingBoxes) {
      for (let at = box.indexOf(name, 8, 'latin1'); at >= 0; at = box.indexOf(name, at + 4, 'latin1')) {
        if (at + 21 > box.length) continue;
        this.#fragmentSamples += this.#countOf(name, box.subarray(at));
        this.#check(this.#fragmentSamples);
      }
    }
  }

  /** @param box from its name on */
  #countOf(name: string, box: Buffer): number {
    const count = box.readUInt32BE(8);
    if (name === 'stz2') {
      if (![4, 8, 16].includes(box[11] ?? 0))
        throw containerError(
          this.#name,
          'container-damaged',
          'the sizes of its samples have no known length',
        );
      return 0;
    }
    return name === 'saiz' ? box.readUInt32BE((box[7] ?? 0) & 1 ? 17 : 9) : count;
  }

  #check(samples: number): void {
    if (samples > mostSamples)
      throw containerError(
        this.#name,
        'container-too-costly',
        `${samples} samples of it are to be in one piece`,
      );
  }

  /** From box to box, as far as these bytes have them. */
  #follow(start: number, bytes: Buffer): void {
    for (;;) {
      const at = this.#next - start;
      if (at < 0 || at + 16 > bytes.length) return;
      const short = bytes.readUInt32BE(at);
      const length = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? Infinity : short;
      if (length < 8) return;
      if (bytes.toString('latin1', at + 4, at + 8) === 'mdat') {
        this.#media.push({ start: this.#next, end: this.#next + length });
        if (this.#media.length > mostRanges) this.#media.shift();
      }
      this.#next += length;
    }
  }

  #isMedia(position: number): boolean {
    return this.#media.some(({ start, end }) => position >= start && position < end);
  }
}
