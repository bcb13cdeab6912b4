/**
 * What the packets of one encoding become on a stream, from one of its key frames on: their numbers, timestamps and picture ids go on where those of what
 * was sent before have stopped (jitsi-videobridge `AdaptiveSourceProjectionContext.kt`).
 */
import type { Encoding, MediaPacket, SenderClock } from '../media-packet.ts';
import { type IndexOffsets, noOffsets } from './picture-indices.ts';

export interface ProjectionOptions {
  /** First packet; earlier ones are not sent. */
  first: number;
  /** From the encoding's numbers to those of the stream. */
  offset?: number;
  timestampOffset?: number;
  indexOffsets?: IndexOffsets | undefined;
}

export class Projection {
  readonly encoding: Encoding;
  readonly first: number;
  readonly offset: number;
  readonly timestampOffset: number;
  readonly indexOffsets: IndexOffsets;
  /** Last number of the stream, once another projection has followed. */
  last: number = Number.POSITIVE_INFINITY;

  constructor(
    encoding: Encoding,
    { first, indexOffsets = noOffsets, offset = 0, timestampOffset = 0 }: ProjectionOptions,
  ) {
    this.encoding = encoding;
    this.first = first;
    this.offset = offset;
    this.timestampOffset = timestampOffset;
    this.indexOffsets = indexOffsets;
  }

  /** The packet's number on the stream; undefined when it has no place there. */
  place({ encoding, number }: MediaPacket): number | undefined {
    if (encoding !== this.encoding || number < this.first) return undefined;
    const place = number + this.offset;
    return place <= this.last ? place : undefined;
  }

  /** The encoding's number of what has this one on the stream. */
  numberOf(place: number): number | undefined {
    const number = place - this.offset;
    return number >= this.first && place <= this.last ? number : undefined;
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
