/** An RTP session right on its transport: packets both ways, and one timer for all that is due. */
import type { Clock, Milliseconds } from '../../base/clock.ts';
import type { RemoteSource, SourceStatistics } from '../../rtp/receive/types.ts';
import type { LocalSource, OutgoingPacket, SentStatistics, SequenceNumbers } from '../../rtp/send/types.ts';
import { RtpSession } from '../../rtp/session.ts';
import type { PacketTransport } from '../peer-transport.ts';
import type { RtpLink, RtpLinkHandlers, RtpLinkOptions } from './rtp-link.ts';

export class SessionLink implements RtpLink {
  readonly #clock: Clock;
  readonly #session: RtpSession;
  readonly #changed: () => void;
  #timerAt = Infinity;
  #cancelTimer: () => void = () => {};
  #isClosed = false;

  constructor(
    options: RtpLinkOptions,
    handlers: RtpLinkHandlers,
    transport: Pick<PacketTransport, 'sendRtp' | 'sendRtcp'>,
  ) {
    this.#clock = options.clock;
    this.#changed = () => handlers.changed?.();
    this.#session = new RtpSession(options, {
      packet: (packet) => handlers.packet(packet),
      reported: (ssrc, report) => handlers.reported(ssrc, report),
      keyFrameRequested: (ssrc) => handlers.keyFrameRequested(ssrc),
      available: (bitrate) => handlers.available(bitrate),
      sendRtp: (header, payload) => transport.sendRtp(header, payload),
      sendRtcp: (compound) => transport.sendRtcp(compound),
    });
  }

  /** A packet of the transport. @param late ms ago it arrived */
  receiveRtp(packet: Uint8Array, late: Milliseconds): void {
    if (this.#isClosed) return;
    const read = this.#clock.now();
    this.#session.receiveRtp(packet, read - late, read);
    this.#setTimer();
  }

  receiveRtcp(compound: Uint8Array): void {
    if (this.#isClosed) return;
    this.#session.receiveRtcp(compound, this.#clock.now());
    this.#setTimer();
  }

  addReceived(source: RemoteSource): void {
    this.#session.addReceived(source);
  }

  removeReceived(ssrc: number): void {
    this.#session.removeReceived(ssrc);
    this.#setTimer();
  }

  requestKeyFrame(ssrc: number): void {
    this.#session.requestKeyFrame(ssrc, this.#clock.now());
    this.#setTimer();
  }

  receivedStatistics(ssrc: number): SourceStatistics | undefined {
    return this.#session.receivedStatistics(ssrc);
  }

  addSent(source: LocalSource): void {
    this.#session.addSent(source);
  }

  removeSent(ssrc: number): void {
    this.#session.removeSent(ssrc);
    this.#setTimer();
  }

  send(ssrc: number, packet: OutgoingPacket): void {
    if (this.#isClosed) return;
    this.#session.send(ssrc, packet, this.#clock.now());
    this.#setTimer();
  }

  sequenceNumbers(ssrc: number): SequenceNumbers | undefined {
    return this.#session.sequenceNumbers(ssrc);
  }

  sentStatistics(ssrc: number): SentStatistics | undefined {
    return this.#session.sentStatistics(ssrc);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
  }

  /** A timer that would fire too early is left: most packets move what is due a little. */
  #setTimer(): void {
    this.#changed();
    const next = this.#isClosed ? undefined : this.#session.nextTimeout();
    if (next !== undefined && next >= this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = next ?? Infinity;
    if (next === undefined) return;
    this.#cancelTimer = this.#clock.schedule(Math.max(0, next - this.#clock.now()), () => {
      this.#timerAt = Infinity;
      this.#session.tick(this.#clock.now());
      this.#setTimer();
    });
  }
}
