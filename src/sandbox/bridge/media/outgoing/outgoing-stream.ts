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
import type { MediaPacket } from '../media-packet.ts';
import type { MediaSource } from '../incoming/media-source.ts';
import { PictureIndices } from './picture-indices.ts';

/** Where the packets go. */
export interface Receiver {
  readonly id: string;
  /** Its transport is: before, nothing is forwarded to it (jitsi-videobridge `Endpoint.wants`). */
  readonly isConnected: boolean;
  readonly formats: EndpointFormats;
  /** 16 bits; counts all packets to it. */
  nextTransportSequence(): number;
  sendRtp(header: Uint8Array, payload: Uint8Array): void;
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
}

export type Forwarded =
  | 'sent'
  /** as `sent`, and it was the first one */
  | 'started'
  /** a key frame is needed first */
  | 'waiting'
  /** it is from before the beginning, or the receiver was not offered such a thing */
  | 'skipped';

/** A receiver that asks again sooner cannot have waited for the answer. */
const minRepetition: Milliseconds = 10;
const repetitionsKept = 512;

export class OutgoingStream {
  readonly ssrc: number;
  readonly rtxSsrc: number | undefined;
  readonly receiver: Receiver;
  readonly mid: string | undefined;
  /** The receiver's own requests for key frames. */
  readonly quota: KeyFrameQuota = new KeyFrameQuota();
  readonly #mid: Uint8Array | undefined;
  readonly #indices: PictureIndices | undefined;
  readonly #repeated: { number: number; at: Milliseconds }[] = [];
  #source: MediaSource | undefined;
  #isStarted = false;
  #isAnotherSource = false;
  /** First packet of the source since the stream was last started; earlier ones are not sent. */
  #first = 0;
  /** From the source's numbers to ours. */
  #offset = 0;
  #highest: number | undefined;
  #timestampOffset = 0;
  #lastTimestamp = 0;
  #lastSent: Milliseconds = 0;
  #rtxSequence: number;
  #packets = 0;
  #octets = 0;

  constructor(options: OutgoingStreamOptions) {
    this.receiver = options.receiver;
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.mid = options.mid;
    this.#rtxSequence = options.rtxSequence;
    this.#indices = options.isSlot ? new PictureIndices() : undefined;
    this.#mid = options.mid === undefined ? undefined : new TextEncoder().encode(options.mid);
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

  /** When the last packet was sent. */
  get lastSent(): Milliseconds {
    return this.#lastSent;
  }

  /** Carries this source from now on, beginning with its next key frame. */
  attach(source: MediaSource): void {
    if (this.#source === source) return;
    this.#isAnotherSource = this.#highest !== undefined;
    this.#source = source;
    this.#isStarted = false;
    this.#packets = 0;
    this.#octets = 0;
    this.#repeated.length = 0;
  }

  /** The source is gone. */
  detach(): void {
    this.#source = undefined;
    this.#isStarted = false;
  }

  /** Begins with a key frame again when it goes on. */
  pause(): void {
    this.#isStarted = false;
  }

  forward(packet: MediaPacket, now: Milliseconds): Forwarded {
    if (!this.receiver.isConnected || !this.receiver.formats.get(packet.rtp.payloadType)) return 'skipped';
    const isStart = !this.#isStarted;
    if (isStart) {
      if (!packet.isStart) return 'waiting';
      this.#start(packet, now);
    } else if (packet.number < this.#first) return 'skipped';
    this.#send(packet, now, false);
    return isStart ? 'started' : 'sent';
  }

  /** The source's number of a packet that the receiver has a sequence number of; undefined when it was not sent, or long ago. */
  numberOf(sequence: number): number | undefined {
    if (!this.#isStarted || this.#highest === undefined) return undefined;
    const number = this.#highest + sequenceDistance(this.#highest & 0xffff, sequence) - this.#offset;
    return number < this.#first ? undefined : number;
  }

  /** Sends a packet again, in an RTX packet if the receiver knows those (RFC 4588). */
  repeat(packet: MediaPacket, now: Milliseconds): void {
    const index = packet.number & (repetitionsKept - 1);
    const before = this.#repeated[index];
    if (before?.number === packet.number && now - before.at < minRepetition) return;
    this.#repeated[index] = { number: packet.number, at: now };
    this.#send(packet, now, true);
  }

  /** The report of the source as it fits to this stream. */
  report(report: SenderReport): SenderReport | undefined {
    if (!this.#isStarted) return undefined;
    return {
      ...report,
      ssrc: this.ssrc,
      rtpTimestamp: (report.rtpTimestamp + this.#timestampOffset) >>> 0,
      packets: this.#packets,
      octets: this.#octets,
      reports: [],
    };
  }

  #start(packet: MediaPacket, now: Milliseconds): void {
    const { format, number, rtp } = packet;
    this.#isStarted = true;
    // Audio can be begun anywhere: what was overtaken by the first packet is welcome.
    const isOpen = format.kind === 'audio' && this.#highest === undefined;
    this.#first = isOpen ? Number.NEGATIVE_INFINITY : number;
    this.#offset = this.#highest === undefined ? 0 : this.#highest + 1 - number;
    if (!this.#isAnotherSource) return;
    this.#isAnotherSource = false;
    const elapsed = Math.max(1, Math.round(((now - this.#lastSent) * format.clockRate) / 1000));
    this.#timestampOffset = (this.#lastTimestamp + elapsed - rtp.timestamp) | 0;
    this.#indices?.continueWith(format.name, indexedBytes(packet));
  }

  #send(packet: MediaPacket, now: Milliseconds, isRepetition: boolean): void {
    const { format, number, rtp } = packet;
    const { receiver } = this;
    const ids = receiver.formats.extensions[format.kind];
    const template = packet.template(ids, ids.mid === undefined ? undefined : this.#mid);
    const rtxPayloadType = receiver.formats.get(rtp.payloadType)?.rtxPayloadType;
    const isRtx = isRepetition && this.rtxSsrc !== undefined && rtxPayloadType !== undefined;
    const outNumber = number + this.#offset;
    const isNewest = !isRepetition && (this.#highest === undefined || outNumber > this.#highest);
    const timestamp = (rtp.timestamp + this.#timestampOffset) >>> 0;
    const header = template.bytes.slice();
    if (isRtx) header[1] = ((header[1] ?? 0) & 0x80) | rtxPayloadType;
    writeUint16(header, 2, isRtx ? this.#nextRtxSequence() : outNumber);
    writeUint32(header, 4, timestamp);
    writeUint32(header, 8, isRtx ? (this.rtxSsrc ?? 0) : this.ssrc);
    if (template.transportSequenceAt > 0) {
      writeUint16(header, template.transportSequenceAt, receiver.nextTransportSequence());
    }
    // 24 bits: seconds with 18 of them after the point.
    if (template.absSendTimeAt > 0) {
      writeUint24(header, template.absSendTimeAt, Math.round((now * 2 ** 18) / 1000) % 2 ** 24);
    }
    const payload = this.#indices
      ? this.#withIndices(this.#indices, packet, header, template, isNewest)
      : rtp.payload;
    receiver.sendRtp(header, isRtx ? rtxPayload(outNumber, payload) : payload);
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
    header: Uint8Array,
    { dependencyDescriptorAt }: HeaderTemplate,
    isNewest: boolean,
  ): Uint8Array {
    const { format, rtp } = packet;
    const indexed = indexedBytes(packet);
    const rewritten = indices.rewrite(format.name, indexed, isNewest);
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
