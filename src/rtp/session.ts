/**
 * RTP over one transport, both directions: what is received and what is sent share its RTCP (RFC 3550, 6). Feed it what arrives, call
 * {@link RtpSession.tick} when {@link RtpSession.nextTimeout} says so, and send what it gives.
 */
import type { RandomBytes } from '../base/random.ts';
import { parseRtp } from './packet.ts';
import type { RtpParameters } from './parameters.ts';
import { RtpReceiver } from './receive/receiver.ts';
import type {
  ReceivedPacket,
  ReceiveLimits,
  RemoteSource,
  SenderReportTimes,
  SourceStatistics,
  TransportStatistics,
} from './receive/types.ts';
import { buildRtcp, parseRtcp } from './rtcp/compound.ts';
import type { RtcpPacket } from './rtcp.ts';
import { RtpSender } from './send/sender.ts';
import type {
  DeliveryStatistics,
  LocalSource,
  OutgoingPacket,
  SendLimits,
  SentStatistics,
  SequenceNumbers,
} from './send/types.ts';

export interface RtpSessionOptions {
  parameters: RtpParameters;
  /** Whose feedback and receiver reports ours are. */
  localSsrc: number;
  /** The canonical name of all that we send (RFC 3550, 6.5.1). */
  cname: string;
  random: RandomBytes;
  receiveLimits?: Partial<ReceiveLimits> | undefined;
  sendLimits?: Partial<SendLimits> | undefined;
}

export interface RtpSessionHandlers {
  /** Media of a source that was added, in order. */
  packet(packet: ReceivedPacket): void;
  /** A source that was added tells its time. */
  reported(ssrc: number, report: SenderReportTimes): void;
  /** Somebody can not go on without a key frame of this source of ours. */
  keyFrameRequested(ssrc: number): void;
  /** bit/s that the way to the other side seems to carry, of everything; when that has changed. */
  available(bitrate: number): void;
  sendRtp(header: Uint8Array, payload: Uint8Array): void;
  sendRtcp(compound: Uint8Array): void;
}

export class RtpSession {
  readonly #localSsrc: number;
  readonly #cname: string;
  readonly #handlers: RtpSessionHandlers;
  readonly #receiver: RtpReceiver;
  readonly #sender: RtpSender;

  constructor(options: RtpSessionOptions, handlers: RtpSessionHandlers) {
    const { parameters, localSsrc, cname, random, receiveLimits, sendLimits } = options;
    this.#localSsrc = localSsrc;
    this.#cname = cname;
    this.#handlers = handlers;
    const rtcp = (packets: RtcpPacket[]): void => this.#sendRtcp(packets);
    this.#receiver = new RtpReceiver(
      { parameters, localSsrc, random, limits: receiveLimits },
      {
        rtcp,
        packet: (packet) => handlers.packet(packet),
        reported: (ssrc, report) => handlers.reported(ssrc, report),
      },
    );
    this.#sender = new RtpSender(
      { parameters, random, cname, limits: sendLimits },
      {
        rtcp,
        rtp: (header, payload) => handlers.sendRtp(header, payload),
        keyFrameRequested: (ssrc) => handlers.keyFrameRequested(ssrc),
        available: (bitrate) => handlers.available(bitrate),
      },
    );
  }

  /** A source of somebody else. */
  addReceived(source: RemoteSource): void {
    this.#receiver.add(source);
  }

  removeReceived(ssrc: number): void {
    this.#receiver.remove(ssrc);
  }

  /** A source of ours. */
  addSent(source: LocalSource): void {
    this.#sender.add(source);
  }

  removeSent(ssrc: number): void {
    this.#sender.remove(ssrc);
  }

  /** Sends a packet of a source of ours. */
  send(ssrc: number, packet: OutgoingPacket, now: number): void {
    this.#sender.send(ssrc, packet, now);
  }

  /** Asks for a key frame of a source until one comes. */
  requestKeyFrame(ssrc: number, now: number): void {
    this.#receiver.requestKeyFrame(ssrc, now);
  }

  /**
   * A packet of the transport, whoever sent it. What is no RTP is ignored.
   * @param arrival when it came, as far as can be known @param read when it was read
   */
  receiveRtp(bytes: Uint8Array, arrival: number, read: number = arrival): void {
    const packet = parseRtp(bytes);
    if (packet) this.#receiver.receive(packet, arrival, read);
  }

  receiveRtcp(compound: Uint8Array, now: number): void {
    for (const packet of parseRtcp(compound)) {
      this.#receiver.receiveRtcp(packet, now);
      this.#sender.receiveRtcp(packet, now);
    }
  }

  /** Does what is due. */
  tick(now: number): void {
    this.#receiver.tick(now);
    this.#sender.tick(now);
  }

  /** When to call {@link tick}, in ms; undefined when nothing is due before something is sent or comes. */
  nextTimeout(): number | undefined {
    const received = this.#receiver.nextTimeout();
    const sent = this.#sender.nextTimeout();
    if (received === undefined || sent === undefined) return received ?? sent;
    return Math.min(received, sent);
  }

  receivedStatistics(ssrc: number): SourceStatistics | undefined {
    return this.#receiver.statistics(ssrc);
  }

  sentStatistics(ssrc: number): SentStatistics | undefined {
    return this.#sender.statistics(ssrc);
  }

  /** For a session that goes on with the source. */
  sequenceNumbers(ssrc: number): SequenceNumbers | undefined {
    return this.#sender.sequenceNumbers(ssrc);
  }

  /** Everything that came. */
  get transportStatistics(): TransportStatistics {
    return this.#receiver.transportStatistics;
  }

  /** What the other side says that it got of what we sent, and the round-trip time. */
  deliveryStatistics(now: number): DeliveryStatistics {
    return this.#sender.deliveryStatistics(now);
  }

  /**
   * A compound begins with a report and has a CNAME (RFC 3550, 6.1); only transport-wide feedback, which is sent often, goes by itself
   * (RFC 5506, 3.4.2).
   */
  #sendRtcp(packets: RtcpPacket[]): void {
    const [first, ...others] = packets;
    const ssrc = this.#localSsrc;
    const name: RtcpPacket = { type: 'sdes', chunks: [{ ssrc, cname: this.#cname }] };
    let compound = packets;
    if (first?.type === 'receiver-report') compound = [first, name, ...others];
    else if (first?.type !== 'sender-report' && first?.type !== 'transport-feedback')
      compound = [{ type: 'receiver-report', ssrc, reports: [] }, name, ...packets];
    this.#handlers.sendRtcp(buildRtcp(compound));
  }
}
