/**
 * What the packets of one encoding become on a stream, from one of its key frames on: their numbers, timestamps and picture ids go on where those of what
 * was sent before have stopped (jitsi-videobridge `AdaptiveSourceProjectionContext.kt`).
 */
import type { Encoding, MediaPacket, SenderClock } from '../media-packet.ts';
import { SequenceCuts } from './sequence-cuts.ts';
import { type IndexOffsets, noOffsets } from './picture-indices.ts';

export interface ProjectionOptions {
  /** The highest spatial layer that is sent. */
  spatialId: number;
  /** First packet; earlier ones are not sent. */
  first: number;
  /** From the encoding's numbers to those of the stream. */
  offset?: number;
  timestampOffset?: number;
  indexOffsets?: IndexOffsets | undefined;
}

export class Projection {
  readonly encoding: Encoding;
  readonly spatialId: number;
  readonly first: number;
  readonly offset: number;
  readonly timestampOffset: number;
  readonly indexOffsets: IndexOffsets;
  /** Last number of the stream, once another projection has followed. */
  last: number = Number.POSITIVE_INFINITY;
  /** Where spatial layers are left out. */
  #cuts: SequenceCuts | undefined;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(
    encoding: Encoding,
    { first, indexOffsets = noOffsets, offset = 0, spatialId, timestampOffset = 0 }: ProjectionOptions,
  ) {
    this.encoding = encoding;
    this.spatialId = spatialId;
    this.first = first;
    this.offset = offset;
    this.timestampOffset = timestampOffset;
    this.indexOffsets = indexOffsets;
  }

  /** Newer than all that was placed or left out. */
  isNewest({ number }: MediaPacket): boolean {
    return number > this.#latest;
  }

  /** It is not sent, and no gap is left for it. */
  leaveOut(packet: MediaPacket): void {
    if (!this.isNewest(packet)) return;
    this.#latest = packet.number;
    this.#cuts ??= new SequenceCuts();
    this.#cuts.cut(packet.number);
  }

  /** The packet's number on the stream; undefined when it has no place there. */
  place({ encoding, number, spatialId }: MediaPacket): number | undefined {
    if (encoding !== this.encoding || number < this.first || spatialId > this.spatialId) return undefined;
    const mapped = this.#cuts ? this.#cuts.map(number) : number;
    if (mapped === undefined || mapped + this.offset > this.last) return undefined;
    if (number > this.#latest) this.#latest = number;
    return mapped + this.offset;
  }

  /** The encoding's number of what has this one on the stream. */
  numberOf(place: number): number | undefined {
    if (place > this.last) return undefined;
    const number = this.#cuts ? this.#cuts.reverse(place - this.offset) : place - this.offset;
    return number !== undefined && number >= this.first ? number : undefined;
  }

  /** The packet ends what is sent of a picture: the sender has marked only its own end. */
  isEnd({ isLayerEnd, spatialId }: MediaPacket): boolean {
    return isLayerEnd && spatialId === this.spatialId;
  }

  /** Of another encoding's timestamp: what it is on the stream, if both belong to one picture. Undefined before the sender has reported on both. */
  timestampFor(other: Encoding, timestamp: number, clockRate: number): number | undefined {
    const [ours, theirs] = [this.encoding.clock, other.clock];
    if (!ours || !theirs) return undefined;
    const units = Math.round((milliseconds(theirs, ours) * clockRate) / 1000);
    return (timestamp - theirs.rtpTimestamp + units + ours.rtpTimestamp + this.timestampOffset) >>> 0;
  }
}

/** Between two instants of one clock. */
function milliseconds(later: SenderClock, earlier: SenderClock): number {
  const seconds = (later.ntp.seconds - earlier.ntp.seconds) | 0;
  return seconds * 1000 + ((later.ntp.fraction - earlier.ntp.fraction) * 1000) / 2 ** 32;
}
