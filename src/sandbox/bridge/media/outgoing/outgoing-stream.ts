/**
 * One SSRC towards one receiver: carries the packets of a source, with numbers that go on where they stopped, whatever was left out or came
 * before (jitsi-videobridge `AdaptiveSourceProjection.kt`, `RetransmissionSender.kt`).
 */
import type { Milliseconds } from '../../../../base/clock.ts';
import { writeUint16, writeUint24, writeUint32 } from '../../../../rtp/bytes.ts';
import type { RtcpPacket, SenderReport } from '../../../../rtp/rtcp.ts';
import { sequenceDistance } from '../../../../rtp/sequence.ts';
import type { EndpointFormats } from '../formats.ts';
import { KeyFrameQuota } from '../incoming/key-frame-requests.ts';
import type { HeaderTemplate } from './header-template.ts';
import type { Encoding, MediaPacket } from '../media-packet.ts';
import type { Layer } from '../incoming/layer.ts';
import type { MediaSource } from '../incoming/media-source.ts';
import { type IndexOffsets, PictureIndices } from './picture-indices.ts';
import { Projection } from './projection.ts';

/** Where the packets go. */
export interface Receiver {
  readonly id: string;
  /** Its transport is: before, nothing is forwarded to it (jitsi-videobridge `Endpoint.wants`). */
  readonly isConnected: boolean;
  readonly formats: EndpointFormats;
  /** 16 bits; counts all packets to it. */
  readonly nextTransportSequence: number;
  /** @param isNumbered it has the next number of all packets */
  sendRtp(header: Uint8Array, payload: Uint8Array, isNumbered: boolean, now: Milliseconds): void;
  sendRtcp(packets: readonly RtcpPacket[]): void;
}

export interface OutgoingStreamOptions {
  receiver: Receiver;
  ssrc: number;
  /** For retransmissions; without it they go out on the SSRC itself. */
  rtxSsrc: number | undefined;
  /** Where its retransmissions begin to count, 16 bits. */
  rtxSequence: number;
  /** To be stamped on its packets. */
  mid?: string | undefined;
  /** It is to carry one source after another, and a decoder is not to notice. Default false. */
  isSlot?: boolean;
  /** Where an earlier stream on this SSRC has stopped. Default: there was none. */
  continues?: Continuation | undefined;
}

/** What is needed to go on where a stream has stopped. */
export interface Continuation {
  /** Highest number, unwrapped. */
  readonly highest: number;
  readonly timestamp: number;
  /** When that was. */
  readonly sent: Milliseconds;
  readonly indices: PictureIndices | undefined;
}

export type Forwarded =
  | 'sent'
  /** as `sent`, and it was the first one of its encoding */
  | 'started'
  /** a key frame is needed first */
  | 'waiting'
  /** it is from before the beginning, of another encoding, or the receiver was not offered such a thing */
  | 'skipped';

/** What was sent that long ago cannot be asked for. */
const maxProjections = 8;
/** s; timestamps that are further apart do not belong together. */
const maxShift = 10;
/** A receiver that asks again sooner cannot have waited for the answer. */
const minRepetition: Milliseconds = 10;
const repetitionsKept = 512;
/** As padding the last ones are taken in turns. */
const paddedPackets = 64;

export class OutgoingStream {
  readonly ssrc: number;
  readonly rtxSsrc: number | undefined;
  readonly receiver: Receiver;
  readonly mid: string | undefined;
  /** The receiver's own requests for key frames. */
  readonly quota: KeyFrameQuota = new KeyFrameQuota();
  readonly #mid: Uint8Array | undefined;
  readonly #isSlot: boolean;
  /** Where one thing comes after another. */
  #indices: PictureIndices | undefined;
  readonly #repeated: { number: number; at: Milliseconds }[] = [];
  #source: MediaSource | undefined;
  /** What is to be sent of it. */
  #target: Pick<Layer, 'encoding' | 'spatialId'> | undefined;
  /** Of what is sent now; undefined while nothing is. */
  #current: Projection | undefined;
  /** Of what was sent of this source, the latest last. */
  readonly #projections: Projection[] = [];
  #highest: number | undefined;
  #lastTimestamp = 0;
  #lastSent: Milliseconds = 0;
  #rtxSequence: number;
  /** How long ago was what served as padding last. */
  #padded = -1;
  #packets = 0;
  #octets = 0;

  constructor(options: OutgoingStreamOptions) {
    this.receiver = options.receiver;
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.mid = options.mid;
    this.#rtxSequence = options.rtxSequence;
    this.#isSlot = options.isSlot ?? false;
    this.#mid = options.mid === undefined ? undefined : new TextEncoder().encode(options.mid);
    const { continues } = options;
    if (!continues) return;
    this.#highest = continues.highest;
    this.#lastTimestamp = continues.timestamp;
    this.#lastSent = continues.sent;
    this.#indices = continues.indices;
  }

  get source(): MediaSource | undefined {
    return this.#source;
  }

  /** Sent, without retransmissions. */
  get packets(): number {
    return this.#packets;
  }

  /** Of the last retransmission, 16 bits. */
  get rtxSequence(): number {
    return this.#rtxSequence;
  }

  /** Undefined while nothing was sent. */
  get continuation(): Continuation | undefined {
    if (this.#highest === undefined) return undefined;
    return {
      highest: this.#highest,
      timestamp: this.#lastTimestamp,
      sent: this.#lastSent,
      indices: this.#indices,
    };
  }

  /** When the last packet was sent. */
  get lastSent(): Milliseconds {
    return this.#lastSent;
  }

  /** Carries this source from now on, beginning with its next key frame. */
  attach(source: MediaSource): void {
    if (this.#source === source) return;
    this.#source = source;
    this.#target = { encoding: source.main, spatialId: 0 };
    this.#current = undefined;
    this.#projections.length = 0;
    if (this.#isSlot || source.encodings.length > 1) this.#indices ??= new PictureIndices();
    this.#packets = 0;
    this.#octets = 0;
    this.#repeated.length = 0;
  }

  /** The source is gone. */
  detach(): void {
    this.#source = undefined;
    this.#current = undefined;
  }

  /** Begins with a key frame again when it goes on. */
  pause(): void {
    this.#current = undefined;
  }

  /** Sends this of its source, from the next key frame on. */
  aim(layer: Layer): void {
    this.#target = layer;
  }

  /** Of which encoding a key frame would help. */
  get needed(): Encoding | undefined {
    return this.#target?.encoding;
  }

  forward(packet: MediaPacket, now: Milliseconds): Forwarded {
    if (!this.receiver.isConnected || !this.receiver.formats.get(packet.rtp.payloadType)) return 'skipped';
    const { encoding } = packet;
    const current = this.#current;
    const target = this.#target;
    if (encoding === current?.encoding) return this.#continue(packet, current, now);
    // Whatever begins first is better than nothing (jitsi-videobridge `Vp8QualityFilter.kt`).
    const isWanted =
      encoding === target?.encoding || (!current && encoding.index < (target?.encoding.index ?? 0));
    if (!isWanted) return this.#fill(packet, now);
    if (!packet.isStart) return 'waiting';
    const projection = this.#start(packet, now);
    this.#send(packet, projection, projection.place(packet) ?? 0, now, false);
    return 'started';
  }

  /** Fewer spatial layers from any picture on, more from a key frame on (jitsi-videobridge `Vp9QualityFilter.kt`). */
  #continue(packet: MediaPacket, current: Projection, now: Milliseconds): Forwarded {
    const wanted = packet.encoding === this.#target?.encoding ? this.#target.spatialId : current.spatialId;
    const isOther =
      wanted !== current.spatialId &&
      packet.isPictureStart &&
      current.isNewest(packet) &&
      (wanted < current.spatialId || packet.isStart);
    const projection = isOther ? this.#start(packet, now) : current;
    const { spatialId } = packet;
    if (spatialId > projection.spatialId) {
      projection.leaveOut(packet);
      return spatialId <= wanted ? 'waiting' : 'skipped';
    }
    const place = projection.place(packet);
    if (place === undefined) return this.#fill(packet, now);
    this.#send(packet, projection, place, now, false);
    return 'sent';
  }

  /** Sends again what has this number, in an RTX packet if the receiver knows those (RFC 4588). */
  repeat(sequence: number, now: Milliseconds): void {
    if (this.#highest === undefined) return;
    const place = this.#highest + sequenceDistance(this.#highest & 0xffff, sequence);
    // It was never sent: there may be a reason.
    if (place > this.#highest) return;
    const index = place & (repetitionsKept - 1);
    const before = this.#repeated[index];
    if (before?.number === place && now - before.at < minRepetition) return;
    for (const projection of this.#projections) {
      const number = projection.numberOf(place);
      const packet = number === undefined ? undefined : projection.encoding.kept(number, now);
      if (!packet) continue;
      this.#repeated[index] = { number: place, at: now };
      this.#send(packet, projection, place, now, true);
      return;
    }
  }

  /** Sends something of what was sent lately once more, where retransmissions are known. @returns whether there is such a thing */
  pad(now: Milliseconds): boolean {
    const current = this.#current;
    if (!current || this.#highest === undefined || this.rtxSsrc === undefined) return false;
    this.#padded = (this.#padded + 1) % paddedPackets;
    const place = this.#highest - this.#padded;
    const number = current.numberOf(place);
    const packet = number === undefined ? undefined : current.encoding.kept(number, now);
    if (!packet || this.receiver.formats.get(packet.rtp.payloadType)?.rtxPayloadType === undefined) {
      this.#padded = -1;
      return false;
    }
    this.#send(packet, current, place, now, true);
    return true;
  }

  /** The report of an encoding as it fits to this stream. */
  report(report: SenderReport): SenderReport | undefined {
    if (report.ssrc !== this.#current?.encoding.ssrc) return undefined;
    return {
      ...report,
      ssrc: this.ssrc,
      rtpTimestamp: (report.rtpTimestamp + this.#current.timestampOffset) >>> 0,
      packets: this.#packets,
      octets: this.#octets,
      reports: [],
    };
  }

  /** What was overtaken by a key frame with which something else began, and is missing before that. */
  #fill(packet: MediaPacket, now: Milliseconds): Forwarded {
    for (const projection of this.#projections) {
      const place = projection.place(packet);
      if (place === undefined) continue;
      this.#send(packet, projection, place, now, false);
      return 'sent';
    }
    return 'skipped';
  }

  #start(packet: MediaPacket, now: Milliseconds): Projection {
    const { encoding, format, number } = packet;
    const before = this.#projections.at(-1);
    // Audio can be begun anywhere: what was overtaken by the first packet is welcome.
    const isOpen = format.kind === 'audio' && this.#highest === undefined;
    const continued = before?.encoding === encoding ? before : undefined;
    const isAnother = this.#highest !== undefined && !continued;
    const target = this.#target;
    const projection = new Projection(encoding, {
      spatialId: encoding === target?.encoding ? target.spatialId : Number.POSITIVE_INFINITY,
      first: isOpen ? Number.NEGATIVE_INFINITY : number,
      offset: this.#highest === undefined ? 0 : this.#highest + 1 - number,
      timestampOffset: isAnother
        ? this.#timestampOffset(packet, before, now)
        : (continued?.timestampOffset ?? 0),
      indexOffsets: isAnother
        ? this.#indices?.continueWith(format.name, indexedBytes(packet))
        : continued?.indexOffsets,
    });
    if (before) before.last = Math.min(before.last, this.#highest ?? 0);
    this.#projections.push(projection);
    if (this.#projections.length > maxProjections) this.#projections.shift();
    this.#current = projection;
    return projection;
  }

  /** Pictures of one camera in several sizes belong together by their sender's reports; before those, and for something else, what has passed counts. */
  #timestampOffset(
    { encoding, format, rtp }: MediaPacket,
    before: Projection | undefined,
    now: Milliseconds,
  ): number {
    const known = before?.timestampFor(encoding, rtp.timestamp, format.clockRate);
    const shift = known === undefined ? undefined : (known - this.#lastTimestamp) | 0;
    if (shift !== undefined && Math.abs(shift) < maxShift * format.clockRate)
      return (this.#lastTimestamp + Math.max(1, shift) - rtp.timestamp) | 0;
    const elapsed = Math.max(1, Math.round(((now - this.#lastSent) * format.clockRate) / 1000));
    return (this.#lastTimestamp + elapsed - rtp.timestamp) | 0;
  }

  #send(
    packet: MediaPacket,
    projection: Projection,
    outNumber: number,
    now: Milliseconds,
    isRepetition: boolean,
  ): void {
    const { format, rtp } = packet;
    const { indexOffsets, timestampOffset } = projection;
    const { receiver } = this;
    const ids = receiver.formats.extensions[format.kind];
    const template = packet.template(ids, ids.mid === undefined ? undefined : this.#mid);
    const rtxPayloadType = receiver.formats.get(rtp.payloadType)?.rtxPayloadType;
    const isRtx = isRepetition && this.rtxSsrc !== undefined && rtxPayloadType !== undefined;
    const isNewest = !isRepetition && (this.#highest === undefined || outNumber > this.#highest);
    const timestamp = (rtp.timestamp + timestampOffset) >>> 0;
    const header = template.bytes.slice();
    if (!rtp.marker && projection.isEnd(packet)) header[1] = (header[1] ?? 0) | 0x80;
    if (isRtx) header[1] = ((header[1] ?? 0) & 0x80) | rtxPayloadType;
    writeUint16(header, 2, isRtx ? this.#nextRtxSequence() : outNumber);
    writeUint32(header, 4, timestamp);
    writeUint32(header, 8, isRtx ? (this.rtxSsrc ?? 0) : this.ssrc);
    if (template.transportSequenceAt > 0) {
      writeUint16(header, template.transportSequenceAt, receiver.nextTransportSequence);
    }
    // 24 bits: seconds with 18 of them after the point.
    if (template.absSendTimeAt > 0) {
      writeUint24(header, template.absSendTimeAt, Math.round((now * 2 ** 18) / 1000) % 2 ** 24);
    }
    const payload = this.#indices
      ? this.#withIndices(this.#indices, packet, indexOffsets, header, template, isNewest)
      : rtp.payload;
    receiver.sendRtp(
      header,
      isRtx ? rtxPayload(outNumber, payload) : payload,
      template.transportSequenceAt > 0,
      now,
    );
    if (isRepetition) return;
    this.#packets += 1;
    this.#octets += payload.length;
    if (!isNewest) return;
    this.#highest = outNumber;
    this.#lastTimestamp = timestamp;
    this.#lastSent = now;
  }

  /** Writes continuous picture ids; returns the payload. */
  #withIndices(
    indices: PictureIndices,
    packet: MediaPacket,
    offsets: IndexOffsets,
    header: Uint8Array,
    { dependencyDescriptorAt }: HeaderTemplate,
    isNewest: boolean,
  ): Uint8Array {
    const { format, rtp } = packet;
    const indexed = indexedBytes(packet);
    const rewritten = indices.rewrite(format.name, indexed, offsets, isNewest);
    if (format.name !== 'av1') return rewritten;
    if (rewritten !== indexed && dependencyDescriptorAt > 0) header.set(rewritten, dependencyDescriptorAt);
    return rtp.payload;
  }

  #nextRtxSequence(): number {
    this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
    return this.#rtxSequence;
  }
}

const noBytes = new Uint8Array(0);

/** Where a codec has its picture ids. */
function indexedBytes({ dependencyDescriptor, format, rtp }: MediaPacket): Uint8Array {
  return format.name === 'av1' ? (dependencyDescriptor ?? noBytes) : rtp.payload;
}

/** The original's sequence number goes before its payload (RFC 4588, 4). */
function rtxPayload(number: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + payload.length);
  writeUint16(bytes, 0, number);
  bytes.set(payload, 2);
  return bytes;
}
