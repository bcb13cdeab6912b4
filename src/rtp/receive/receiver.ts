/**
 * What one transport receives: every packet is acknowledged transport-wide, those of the sources that were signalled are given on in
 * order. The work for a packet does not depend on the number of sources, and nothing is ever due while nothing arrives.
 */
import { type RandomBytes, randomBetween } from '../../base/random.ts';
import { readUint16 } from '../bytes.ts';
import { extensionOf, type RtpPacket } from '../packet.ts';
import type { RtpParameters } from '../parameters.ts';
import { nackLength } from '../rtcp/feedback.ts';
import { reportLength } from '../rtcp/reports.ts';
import type { Nack, ReceiverReport, RtcpPacket, SenderReport } from '../rtcp.ts';
import { FeedbackSender } from './feedback-sender.ts';
import { type PayloadType, payloadTypesOf } from '../payload-types.ts';
import { ReceiverReports } from './receiver-reports.ts';
import { ResponseTime } from './response-time.ts';
import { type SourceContext, SourceReceiver } from './source-receiver.ts';
import { TransportCounter } from './transport-counter.ts';
import {
  defaultLimits,
  type ReceivedPacket,
  type ReceiveLimits,
  type RemoteSource,
  type SenderReportTimes,
  type SourceStatistics,
  type TransportStatistics,
} from './types.ts';

/** Bytes of a compound, to which the session adds a name; a bridge takes datagrams of 1500 (media 6.2). */
const maxCompound = 1_000;

export interface ReceiverOptions {
  parameters: RtpParameters;
  /** Whose feedback it is. */
  localSsrc: number;
  random: RandomBytes;
  limits?: Partial<ReceiveLimits> | undefined;
}

export interface ReceiverHandlers {
  packet(packet: ReceivedPacket): void;
  reported(ssrc: number, report: SenderReportTimes): void;
  /** To be sent, in one compound: a bridge passes on only one request for a key frame of each. */
  rtcp(packets: RtcpPacket[]): void;
}

export class RtpReceiver {
  readonly #localSsrc: number;
  readonly #handlers: ReceiverHandlers;
  readonly #payloadTypes: readonly (PayloadType | undefined)[];
  readonly #hasPli: boolean;
  /** For packets whose payload type says nothing. */
  readonly #anyTransportSequenceId: number | undefined;
  readonly #context: SourceContext;
  readonly #feedback: FeedbackSender;
  readonly #reports: ReceiverReports;
  readonly #counter = new TransportCounter();
  /** By SSRC, also those of retransmissions. */
  readonly #sources = new Map<number, SourceReceiver>();
  /** Those that have something to do at some time. */
  readonly #busy = new Set<SourceReceiver>();

  constructor(options: ReceiverOptions, handlers: ReceiverHandlers) {
    const { parameters, localSsrc, random } = options;
    const limits = { ...defaultLimits, ...options.limits };
    const { transportSequence } = parameters.extensions;
    this.#localSsrc = localSsrc;
    this.#handlers = handlers;
    this.#payloadTypes = payloadTypesOf(parameters);
    this.#hasPli = parameters.codecs.some(({ kind, pli }) => kind === 'video' && pli);
    this.#anyTransportSequenceId = transportSequence?.video ?? transportSequence?.audio;
    this.#context = {
      limits,
      responseTime: new ResponseTime(),
      dependencyDescriptorId: parameters.extensions.dependencyDescriptor,
      audioLevelId: parameters.extensions.audioLevel,
      deliver: (packet) => this.#deliver(packet),
    };
    this.#feedback = new FeedbackSender(localSsrc, limits.feedbackInterval);
    this.#reports = new ReceiverReports(localSsrc, () =>
      randomBetween(random, limits.reportInterval / 2, limits.reportInterval),
    );
  }

  /** A source was signalled. One that is there already is left as it is. A bridge's placeholders are none. */
  add(source: RemoteSource): void {
    const { ssrc, rtxSsrc } = source;
    if (this.#sources.has(ssrc)) return;
    const receiver = new SourceReceiver(source, this.#context);
    this.#sources.set(ssrc, receiver);
    this.#counter.known(ssrc);
    if (rtxSsrc === undefined || this.#sources.has(rtxSsrc)) return;
    this.#sources.set(rtxSsrc, receiver);
    this.#counter.known(rtxSsrc);
  }

  /** Its packets are unknown from now on. */
  remove(ssrc: number): void {
    const receiver = this.#of(ssrc);
    if (!receiver) return;
    const { rtxSsrc } = receiver.source;
    this.#sources.delete(ssrc);
    if (rtxSsrc !== undefined && this.#sources.get(rtxSsrc) === receiver) this.#sources.delete(rtxSsrc);
    this.#busy.delete(receiver);
    this.#reports.delete(receiver);
  }

  /** Every packet of the transport, whoever sent it. */
  receive(packet: RtpPacket, now: number, read: number = now): void {
    const type = this.#payloadTypes[packet.payloadType];
    const sequence = extensionOf(packet, type ? type.transportSequenceId : this.#anyTransportSequenceId);
    if (sequence && sequence.length >= 2) this.#feedback.record(readUint16(sequence, 0), packet.ssrc, now);
    this.#counter.count(packet);
    const receiver = this.#sources.get(packet.ssrc);
    if (!receiver) {
      this.#counter.countUnknown(packet.ssrc);
      return;
    }
    if (packet.ssrc === receiver.source.ssrc) {
      this.#reports.received(receiver, now);
      receiver.receive(packet, type?.isRetransmission ? undefined : type?.codec, now, read);
    } else if (type?.isRetransmission) receiver.receiveRetransmission(packet, type.codec, now, read);
    if (receiver.due !== Infinity && this.#sources.get(packet.ssrc) === receiver) this.#busy.add(receiver);
  }

  receiveRtcp(packet: RtcpPacket, now: number): void {
    if (packet.type === 'sender-report') this.#reported(packet, now);
    else if (packet.type === 'bye') for (const ssrc of packet.ssrcs) this.#of(ssrc)?.end();
  }

  /** Asks the sender for a key frame, until one comes; a request while one is under way changes nothing. */
  requestKeyFrame(ssrc: number, now: number): void {
    const receiver = this.#of(ssrc);
    if (receiver?.source.kind !== 'video') return;
    receiver.needKeyFrame(now);
    this.#busy.add(receiver);
  }

  /** Does what is due. */
  tick(now: number): void {
    for (const feedback of this.#feedback.take(now)) this.#handlers.rtcp([feedback]);
    const nacks: Nack[] = [];
    const requests: RtcpPacket[] = [];
    for (const receiver of this.#busy) this.#tickSource(receiver, nacks, requests, now);
    const [report, ...moreReports] = this.#reports.take(now);
    this.#sendNacks(nacks, report);
    // A report with all of its blocks is most of a datagram.
    for (const another of moreReports) this.#handlers.rtcp([another]);
    for (const request of requests) this.#handlers.rtcp([request]);
  }

  /** When to call {@link tick}, in ms; undefined when nothing is due before something arrives. */
  nextTimeout(): number | undefined {
    let due = Math.min(this.#feedback.due, this.#reports.due);
    for (const receiver of this.#busy) due = Math.min(due, receiver.due);
    return due === Infinity ? undefined : due;
  }

  statistics(ssrc: number): SourceStatistics | undefined {
    return this.#of(ssrc)?.statistics;
  }

  get transportStatistics(): TransportStatistics {
    return this.#counter.statistics;
  }

  #of(ssrc: number): SourceReceiver | undefined {
    const receiver = this.#sources.get(ssrc);
    return receiver?.source.ssrc === ssrc ? receiver : undefined;
  }

  #reported(report: SenderReport, now: number): void {
    const { ntp, rtpTimestamp, ssrc } = report;
    const receiver = this.#of(ssrc);
    if (!receiver) return;
    receiver.senderReported(report, now);
    this.#handlers.reported(ssrc, { ntp, rtpTimestamp, arrival: now });
  }

  #deliver(packet: ReceivedPacket): void {
    // A handler may have removed the source while several of its packets were on their way.
    if (this.#of(packet.ssrc)) this.#handlers.packet(packet);
  }

  /** Behind the report if there is one, as far as they fit. */
  #sendNacks(nacks: readonly Nack[], report: ReceiverReport | undefined): void {
    let compound: RtcpPacket[] = report ? [report] : [];
    let length = report ? reportLength(report) : 0;
    for (const nack of nacks) {
      const more = nackLength(nack);
      if (compound.length > 0 && length + more > maxCompound) {
        this.#handlers.rtcp(compound);
        compound = [];
        length = 0;
      }
      compound.push(nack);
      length += more;
    }
    if (compound.length > 0) this.#handlers.rtcp(compound);
  }

  #tickSource(receiver: SourceReceiver, nacks: Nack[], requests: RtcpPacket[], now: number): void {
    const { ssrc: mediaSsrc } = receiver.source;
    const senderSsrc = this.#localSsrc;
    const sequenceNumbers = receiver.takeRequests(now).map((sequence) => sequence & 0xffff);
    if (sequenceNumbers.length > 0) nacks.push({ type: 'nack', senderSsrc, mediaSsrc, sequenceNumbers });
    const sequenceNumber = receiver.takeKeyFrameRequest(now);
    if (sequenceNumber !== undefined)
      requests.push(
        (receiver.codec?.pli ?? this.#hasPli)
          ? { type: 'pli', senderSsrc, mediaSsrc }
          : { type: 'fir', senderSsrc, requests: [{ ssrc: mediaSsrc, sequenceNumber }] },
      );
    if (receiver.due === Infinity) this.#busy.delete(receiver);
  }
}
