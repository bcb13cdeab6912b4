/** One source: its packets in order and each once, what is known of them, and what is to be asked for. */
import { readUint16 } from '../bytes.ts';
import { type AudioLevel, parseAudioLevel } from '../codecs/opus/audio-level.ts';
import { extensionOf, type RtpExtension, type RtpPacket } from '../packet.ts';
import type { RtpCodec } from '../parameters.ts';
import type { ReportBlock, SenderReport } from '../rtcp.ts';
import { sequenceDistance, SequenceUnwrapper } from '../sequence.ts';
import { FrameCounter } from './frame-counter.ts';
import { KeyFrameRequests } from './key-frame-requests.ts';
import type { MissingPacket } from './missing-packets.ts';
import { PacketOrder } from './packet-order.ts';
import { Reception } from './reception.ts';
import type { ResponseTime } from './response-time.ts';
import { SequenceWindow } from './sequence-window.ts';
import type { ReceivedPacket, ReceiveLimits, RemoteSource, SourceStatistics } from './types.ts';

/** A number further away than this from the highest is believed when another one follows it (RFC 3550, A.1). */
const maxDropout = 3_000;
const maxMisorder = 1_000;
/** ms until a key frame is asked for when a source begins without one: the packet that tells may be the next. */
const startDelay = 50;

export interface SourceContext {
  limits: ReceiveLimits;
  responseTime: ResponseTime;
  /** Identifiers of header extensions. */
  dependencyDescriptorId: number | undefined;
  audioLevelId: number | undefined;
  deliver(packet: ReceivedPacket): void;
}

export class SourceReceiver {
  readonly source: RemoteSource;
  /** It is among those that the next receiver report is about. */
  isReported = false;
  readonly #context: SourceContext;
  readonly #reception = new Reception();
  readonly #frames: FrameCounter;
  readonly #keyFrames = new KeyFrameRequests();
  readonly #seen = new SequenceWindow();
  #sequence = new SequenceUnwrapper();
  #order: PacketOrder | undefined;
  /** The number that would make a jump believed. */
  #afterJump: number | undefined;
  #codec: RtpCodec | undefined;
  #hasRetransmissions = false;
  #packets = 0;
  #bytes = 0;
  #recovered = 0;
  #duplicates = 0;
  #discarded = 0;
  #nacksSent = 0;
  #plisSent = 0;
  #lastArrival: number | undefined;

  constructor(source: RemoteSource, context: SourceContext) {
    this.source = source;
    this.#context = context;
    this.#frames = new FrameCounter();
  }

  /** When {@link tick} has something to do; `Infinity` when there is nothing. */
  get due(): number {
    return Math.min(this.#order?.due ?? Infinity, this.#keyFrames.due);
  }

  /** @param codec undefined for a payload type that is not known */
  receive(packet: RtpPacket, codec: RtpCodec | undefined, now: number, read: number): void {
    if (!this.#accepts(packet.sequenceNumber)) {
      this.#discarded++;
      return;
    }
    const sequence = this.#sequence.unwrap(packet.sequenceNumber);
    if (this.#seen.has(sequence)) {
      this.#duplicates++;
      return;
    }
    this.#reception.arrived();
    // Where retransmissions come by themselves, this one was only late.
    const missing = this.#order?.found(sequence);
    const isRecovered = missing !== undefined && !this.#hasRetransmissions && this.#isAnswer(missing, now);
    if (codec && sequence > this.#reception.highest)
      this.#reception.timed(packet.timestamp, codec.clockRate, now);
    this.#take(sequence, packet, packet.payload, codec, isRecovered, now, read);
  }

  /** A retransmission (RFC 4588): the original sequence number, and then the payload; or padding. */
  receiveRetransmission(packet: RtpPacket, codec: RtpCodec, now: number, read: number): void {
    const highest = this.#sequence.highest;
    if (highest === undefined || packet.payload.length < 2) return;
    this.#hasRetransmissions = true;
    const original = readUint16(packet.payload, 0);
    const sequence = this.#sequence.peek(original);
    if (sequence < this.#reception.base || sequence > highest + this.#context.limits.missingPackets) {
      this.#discarded++;
      return;
    }
    if (this.#seen.has(sequence)) {
      this.#duplicates++;
      return;
    }
    this.#sequence.unwrap(original);
    const missing = this.#order?.found(sequence);
    if (missing) this.#isAnswer(missing, now);
    this.#take(sequence, packet, packet.payload.subarray(2), codec, true, now, read);
  }

  senderReported(report: SenderReport, now: number): void {
    this.#reception.senderReported(report, now);
  }

  needKeyFrame(now: number): void {
    this.#keyFrames.need(now);
  }

  /** It said goodbye: nothing more is waited for. */
  end(): void {
    const highest = this.#sequence.highest;
    if (highest !== undefined) this.#order?.skip(highest + 1);
    this.#keyFrames.satisfied();
  }

  /** Gives up what is missing for too long, and tells which packets to ask for now. */
  takeRequests(now: number): number[] {
    const requested = this.#order?.tick(now) ?? [];
    this.#nacksSent += requested.length;
    return requested;
  }

  /** The number of the request for a key frame that is to be sent now, as a FIR has it. */
  takeKeyFrameRequest(now: number): number | undefined {
    if (!this.#keyFrames.take(now)) return undefined;
    this.#plisSent++;
    return this.#keyFrames.sequence;
  }

  report(now: number): ReportBlock {
    return this.#reception.report(this.source.ssrc, now);
  }

  get codec(): RtpCodec | undefined {
    return this.#codec;
  }

  get statistics(): SourceStatistics {
    const { ssrc, kind } = this.source;
    return {
      ssrc,
      kind,
      packets: this.#packets,
      bytes: this.#bytes,
      lost: this.#reception.expected - this.#packets,
      recovered: this.#recovered,
      duplicates: this.#duplicates,
      discarded: this.#discarded,
      jitter: this.#reception.jitter,
      frames: this.#frames.frames,
      keyFrames: this.#frames.keyFrames,
      nacksSent: this.#nacksSent,
      plisSent: this.#plisSent,
      codec: this.#codec?.name,
      width: this.#frames.size?.width,
      height: this.#frames.size?.height,
      lastArrival: this.#lastArrival,
      senderReport: this.#reception.senderReport,
    };
  }

  /** Whether the number may be one of this source now (RFC 3550, A.1). */
  #accepts(sequenceNumber: number): boolean {
    const { highest } = this.#sequence;
    if (highest !== undefined) {
      const distance = sequenceDistance(highest, sequenceNumber);
      if (distance <= maxDropout && distance >= -maxMisorder) return true;
      if (sequenceNumber !== this.#afterJump) {
        this.#afterJump = (sequenceNumber + 1) & 0xffff;
        return false;
      }
    }
    this.#startAt(sequenceNumber);
    return true;
  }

  #startAt(sequenceNumber: number): void {
    this.#afterJump = undefined;
    this.#sequence = new SequenceUnwrapper(this.#sequence.highest);
    const first = this.#sequence.peek(sequenceNumber);
    this.#reception.startAt(first);
    if (this.#order) this.#order.skip(first);
    else {
      const { limits, responseTime } = this.#context;
      this.#order = new PacketOrder(first, limits, responseTime, (packet) => this.#deliver(packet));
    }
  }

  /** Whether a packet that was missing was asked for. */
  #isAnswer({ requests, requestedAt }: MissingPacket, now: number): boolean {
    if (requests > 0) this.#context.responseTime.answered(Math.max(0, now - requestedAt));
    return requests > 0;
  }

  #take(
    sequenceNumber: number,
    { timestamp, marker, extensions }: RtpPacket,
    payload: Uint8Array,
    codec: RtpCodec | undefined,
    isRecovered: boolean,
    now: number,
    read: number,
  ): void {
    this.#seen.add(sequenceNumber);
    this.#reception.sent(sequenceNumber);
    this.#packets++;
    this.#bytes += payload.length;
    this.#lastArrival = now;
    if (isRecovered) this.#recovered++;
    if (codec) this.#codec = codec;
    else if (payload.length > 0) this.#discarded++;
    let received: ReceivedPacket | undefined;
    if (codec && payload.length > 0) {
      const { ssrc } = this.source;
      received = {
        ssrc,
        codec,
        sequenceNumber,
        timestamp,
        marker,
        payload,
        audioLevel: this.#audioLevelOf(extensions),
        dependencyDescriptor: this.#dependencyDescriptorOf(codec, extensions),
        arrival: now,
        read,
        isRecovered,
        gap: false,
      };
    }
    if (!this.#order?.insert(sequenceNumber, received, this.#codec?.nack ?? false, now)) this.#discarded++;
  }

  #dependencyDescriptorOf({ name }: RtpCodec, extensions: readonly RtpExtension[]): Uint8Array | undefined {
    return name === 'av1' ? extensionOf({ extensions }, this.#context.dependencyDescriptorId) : undefined;
  }

  #audioLevelOf(extensions: readonly RtpExtension[]): AudioLevel | undefined {
    if (this.source.kind !== 'audio') return undefined;
    const value = extensionOf({ extensions }, this.#context.audioLevelId);
    return value && parseAudioLevel(value);
  }

  #deliver(packet: ReceivedPacket): void {
    const isKeyFrame = this.#frames.count(packet);
    if (isKeyFrame) this.#keyFrames.satisfied();
    else if (this.source.kind === 'video' && this.#frames.frames === 1 && this.#frames.keyFrames === 0)
      this.#keyFrames.need(packet.arrival, startDelay);
    this.#context.deliver(packet);
  }
}
