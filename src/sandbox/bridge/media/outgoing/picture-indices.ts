/**
 * Continuous picture ids where one SSRC carries one source after another: a decoder takes a jump for lost pictures (jitsi-videobridge
 * `Vp8AdaptiveSourceProjectionContext.kt` and its like). VP8 and VP9 have them in the payload, AV1 in its dependency descriptor.
 */
import { readUint16, writeUint16 } from '../../../../rtp/bytes.ts';

interface Indices {
  pictureId: Index | undefined;
  /** TL0PICIDX */
  tl0: Index | undefined;
}

interface Index {
  at: number;
  value: number;
  /** What is kept of it: 0x7f, 0x7fff, 0xff. */
  mask: number;
}

const none: Indices = { pictureId: undefined, tl0: undefined };

/** What is added to the indices of what is sent. */
export interface IndexOffsets {
  readonly picture: number;
  readonly tl0: number;
}

export const noOffsets: IndexOffsets = { picture: 0, tl0: 0 };

/** Of one stream. */
export class PictureIndices {
  #lastPicture: number | undefined;
  #lastTl0: number | undefined;

  /** Something else begins with this packet: it goes on where what was before has ended. */
  continueWith(codec: string, bytes: Uint8Array): IndexOffsets {
    const { pictureId, tl0 } = indicesOf(codec, bytes);
    return {
      picture: pictureId && this.#lastPicture !== undefined ? this.#lastPicture + 1 - pictureId.value : 0,
      tl0: tl0 && this.#lastTl0 !== undefined ? this.#lastTl0 + 1 - tl0.value : 0,
    };
  }

  /** @param bytes payload, or for AV1 the dependency descriptor @returns the same bytes when there is nothing to change, else a copy */
  rewrite(codec: string, bytes: Uint8Array, offsets: IndexOffsets, isNewest: boolean): Uint8Array {
    const { pictureId, tl0 } = indicesOf(codec, bytes);
    if (!pictureId) return bytes;
    const isUnchanged = offsets.picture === 0 && offsets.tl0 === 0;
    const rewritten = isUnchanged ? bytes : new Uint8Array(bytes);
    const picture = write(rewritten, pictureId, offsets.picture, !isUnchanged);
    if (isNewest) this.#lastPicture = picture;
    if (!tl0) return rewritten;
    const tl0Value = write(rewritten, tl0, offsets.tl0, !isUnchanged);
    if (isNewest) this.#lastTl0 = tl0Value;
    return rewritten;
  }
}

/** Returns the value with the offset. */
function write(
  bytes: Uint8Array,
  { at, mask, value }: Index,
  offset: number,
  isToBeWritten: boolean,
): number {
  const result = (value + offset) & mask;
  if (!isToBeWritten) return result;
  if (mask === 0x7fff) writeUint16(bytes, at, 0x8000 | result);
  else if (mask === 0xffff) writeUint16(bytes, at, result);
  else bytes[at] = result;
  return result;
}

function indicesOf(codec: string, bytes: Uint8Array): Indices {
  switch (codec) {
    case 'vp8':
      return vp8Indices(bytes);
    case 'vp9':
      return vp9Indices(bytes);
    case 'av1':
      // The frame's number follows one byte of flags and template (AV1 RTP specification, A.8.2).
      return bytes.length < 3
        ? none
        : { pictureId: { at: 1, value: readUint16(bytes, 1), mask: 0xffff }, tl0: undefined };
    default:
      return none;
  }
}

/** RFC 7741, 4.2. */
function vp8Indices(payload: Uint8Array): Indices {
  const present = payload[1] ?? 0;
  if (((payload[0] ?? 0) & 0x80) === 0) return none;
  const pictureId = present & 0x80 ? pictureIdAt(payload, 2) : undefined;
  return { pictureId, tl0: present & 0x40 ? tl0At(payload, after(pictureId, 2)) : undefined };
}

/** RFC 9628, 4.2: in flexible mode there is no TL0PICIDX. */
function vp9Indices(payload: Uint8Array): Indices {
  const first = payload[0] ?? 0;
  const pictureId = first & 0x80 ? pictureIdAt(payload, 1) : undefined;
  const hasTl0 = (first & 0x20) !== 0 && (first & 0x10) === 0;
  return { pictureId, tl0: hasTl0 ? tl0At(payload, after(pictureId, 1) + 1) : undefined };
}

function pictureIdAt(payload: Uint8Array, at: number): Index | undefined {
  if (at + 2 > payload.length) return undefined;
  const isLong = ((payload[at] ?? 0) & 0x80) !== 0;
  return isLong
    ? { at, value: readUint16(payload, at) & 0x7fff, mask: 0x7fff }
    : { at, value: payload[at] ?? 0, mask: 0x7f };
}

function tl0At(payload: Uint8Array, at: number): Index | undefined {
  return at < payload.length ? { at, value: payload[at] ?? 0, mask: 0xff } : undefined;
}

function after(pictureId: Index | undefined, start: number): number {
  if (!pictureId) return start;
  return start + (pictureId.mask === 0x7fff ? 2 : 1);
}
