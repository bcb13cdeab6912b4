/**
 * What one transport sends: numbers packets, stamps them with what the offer asked for, sends again what was lost, passes on requests for
 * key frames, and reports. The work for a packet does not depend on the number of sources, and nothing is due while nothing is sent.
 */
import { type RandomBytes, randomBetween } from '../../base/random.ts';
import { buildAudioLevel } from '../codecs/opus/audio-level.ts';
import type { RtpExtension } from '../packet.ts';
import type { RtpParameters } from '../parameters.ts';
import { type PayloadType, payloadTypesOf } from '../payload-types.ts';
import type { ReportBlock, RtcpPacket } from '../rtcp.ts';
import { roundTripTime } from '../ntp.ts';
import { SourceSender } from './source-sender.ts';
import { TransportSender } from './transport-sender.ts';
import {
  defaultLimits,
  type DeliveryStatistics,
  type LocalSource,
  type OutgoingPacket,
  type SendLimits,
  type SentStatistics,
  type SequenceNumbers,
} from './types.ts';

export interface SenderOptions {
  parameters: RtpParameters;
  random: RandomBytes;
  /** The canonical name in SDES (RFC 3550, 6.5.1): one for all sources. */
  cname: string;
  limits?: Partial<SendLimits> | undefined;
}

export interface SenderHandlers {
  rtp(header: Uint8Array, payload: Uint8Array): void;
  /** To be sent, in one compound: a bridge passes on only one sender report of each. */
  rtcp(packets: RtcpPacket[]): void;
  /** Somebody cannot go on without a key frame of this source. */
  keyFrameRequested(ssrc: number): void;
  /** The way carries so much now, as far as feedback shows: bit/s of everything but retransmissions. Told when it has changed by 5 %. */
  available(bitrate: number): void;
}

const none: readonly RtpExtension[] = [];
/** ms, on a path however short. */
const shortestPause = 5;

export class RtpSender {
  readonly #options: SenderOptions;
  readonly #handlers: SenderHandlers;
  readonly #limits: SendLimits;
  readonly #payloadTypes: readonly (PayloadType | undefined)[];
  readonly #transport: TransportSender;
  readonly #sources = new Map<number, SourceSender>();
  /** Those that have sent something since their last report. */
  readonly #unreported = new Set<SourceSender>();
  /** Those whose next key frame has to wait. */
  readonly #waiting = new Set<SourceSender>();
  #reportDue = Infinity;
  #roundTripTime: number | undefined;

  constructor(options: SenderOptions, handlers: SenderHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#payloadTypes = payloadTypesOf(options.parameters);
    this.#transport = new TransportSender(options.parameters.extensions, options.random, {
      rtp: (header, payload) => handlers.rtp(header, payload),
      available: (bitrate) => handlers.available(bitrate),
      isSent: (sender) => this.#sources.get(sender.source.ssrc) === sender,
    });
  }

  /** One that is there already is left as it is. */
  add(source: LocalSource): void {
    if (this.#sources.has(source.ssrc)) return;
    const id = this.#options.parameters.extensions.mid;
    const mid =
      source.mid !== undefined && id !== undefined
        ? { id, value: new TextEncoder().encode(source.mid) }
        : undefined;
    this.#sources.set(source.ssrc, new SourceSender(source, mid, this.#options.random, this.#limits));
  }

  remove(ssrc: number): void {
    const sender = this.#sources.get(ssrc);
    if (!sender) return;
    this.#sources.delete(ssrc);
    this.#unreported.delete(sender);
    this.#waiting.delete(sender);
    this.#transport.forget(sender);
  }

  /** Nothing happens when the source is not there. */
  send(ssrc: number, packet: OutgoingPacket, now: number): void {
    const sender = this.#sources.get(ssrc);
    if (!sender) return;
    if (sender.packets === 0 || this.#reportDue === Infinity)
      this.#reportDue = Math.min(this.#reportDue, now + this.#limits.firstReport);
    const codec = this.#payloadTypes[packet.payloadType]?.codec;
    this.#transport.send(sender.number(packet, this.#ownExtensions(packet), codec, now), now);
    this.#unreported.add(sender);
  }

  receiveRtcp(packet: RtcpPacket, now: number): void {
    switch (packet.type) {
      case 'nack':
        this.#retransmit(packet.mediaSsrc, packet.sequenceNumbers, now);
        return;
      case 'pli': {
        const sender = this.#sources.get(packet.mediaSsrc);
        sender?.keyFrames.request();
        this.#answer(sender, now);
        return;
      }
      case 'fir':
        for (const { ssrc, sequenceNumber } of packet.requests) {
          const sender = this.#sources.get(ssrc);
          sender?.keyFrames.requestByFir(packet.senderSsrc, sequenceNumber);
          this.#answer(sender, now);
        }
        return;
      case 'sender-report':
      case 'receiver-report':
        for (const report of packet.reports) this.#learn(report, now);
        return;
      case 'transport-feedback':
        this.#transport.acknowledge(packet.feedback, now);
        return;
      case 'sdes':
      case 'bye':
      case 'remb':
        return;
    }
  }

  /** Does what is due. */
  tick(now: number): void {
    this.#transport.tick(now);
    for (const sender of this.#waiting) this.#answer(sender, now);
    if (now < this.#reportDue) return;
    const senders = [...this.#unreported];
    this.#unreported.clear();
    this.#reportDue = this.#sources.size > 0 && senders.length > 0 ? now + this.#nextInterval() : Infinity;
    for (const sender of senders) {
      const { ssrc } = sender.source;
      this.#handlers.rtcp([
        sender.report(now),
        { type: 'sdes', chunks: [{ ssrc, cname: this.#options.cname }] },
      ]);
    }
  }

  /** When to call {@link tick}, in ms; undefined when nothing is due before something is sent or comes. */
  nextTimeout(): number | undefined {
    let due = Math.min(this.#reportDue, this.#transport.due);
    for (const sender of this.#waiting) due = Math.min(due, sender.keyFrames.due);
    return due === Infinity ? undefined : due;
  }

  /** For a session that goes on with the source. */
  sequenceNumbers(ssrc: number): SequenceNumbers | undefined {
    return this.#sources.get(ssrc)?.sequenceNumbers;
  }

  statistics(ssrc: number): SentStatistics | undefined {
    const sender = this.#sources.get(ssrc);
    if (!sender) return undefined;
    const { packets, bytes, retransmitted, nacks, keyFrameRequests, lastReport } = sender;
    return {
      packets,
      bytes,
      retransmitted,
      nacks,
      keyFrameRequests,
      roundTripTime: this.#roundTripTime,
      fractionLost: lastReport && lastReport.fractionLost / 256,
      lost: lastReport?.cumulativeLost,
    };
  }

  deliveryStatistics(now: number): DeliveryStatistics {
    const { available, delivery } = this.#transport;
    const { acknowledged, lost } = delivery;
    return {
      acknowledged,
      lost,
      bitrate: delivery.bitrate(now),
      available,
      roundTripTime: this.#roundTripTime,
    };
  }

  #ownExtensions({ audioLevel, dependencyDescriptor, extensions }: OutgoingPacket): readonly RtpExtension[] {
    if (!audioLevel && !dependencyDescriptor) return extensions ?? none;
    const { audioLevel: levelId, dependencyDescriptor: descriptorId } = this.#options.parameters.extensions;
    const own = extensions ? [...extensions] : [];
    if (audioLevel && levelId !== undefined) own.push({ id: levelId, value: buildAudioLevel(audioLevel) });
    if (dependencyDescriptor && descriptorId !== undefined)
      own.push({ id: descriptorId, value: dependencyDescriptor });
    return own;
  }

  #retransmit(ssrc: number, sequenceNumbers: readonly number[], now: number): void {
    const sender = this.#sources.get(ssrc);
    if (!sender) return;
    const pause = Math.max(shortestPause, this.#roundTripTime ?? this.#limits.roundTripTime);
    for (const sequenceNumber of sequenceNumbers) {
      const kept = sender.find(sequenceNumber, pause, now);
      if (!kept) continue;
      // Before it has a number: one that is never sent would be missed in turn.
      if (!this.#transport.maySendAgain(now)) return;
      this.#transport.sendAgain(sender.again(kept), now);
      sender.retransmitted++;
      kept.retransmittedAt = now;
    }
  }

  #answer(sender: SourceSender | undefined, now: number): void {
    if (!sender) return;
    const isNow = sender.keyFrames.take(now);
    if (sender.keyFrames.due === Infinity) this.#waiting.delete(sender);
    else this.#waiting.add(sender);
    if (!isNow) return;
    sender.keyFrameRequests++;
    this.#handlers.keyFrameRequested(sender.source.ssrc);
  }

  #learn(report: ReportBlock, now: number): void {
    const sender = this.#sources.get(report.ssrc);
    if (!sender) return;
    sender.lastReport = report;
    const measured = roundTripTime(now, report.lastSenderReport, report.delaySinceLastSenderReport);
    if (measured !== undefined) this.#roundTripTime = measured;
  }

  #nextInterval(): number {
    const { reportInterval } = this.#limits;
    return randomBetween(this.#options.random, reportInterval, reportInterval * 1.5);
  }
}
