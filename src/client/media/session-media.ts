/**
 * The media of one session on a transport of ours: packets to the sources that they belong to, frames out, and one timer for all that
 * is due. It ends with the session; tracks go on.
 */
import type { Clock, Milliseconds } from '../../base/clock.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { CodecName, RtpCodec, RtpParameters } from '../../rtp/parameters.ts';
import type { ReceivedPacket, SenderReportTimes, SourceStatistics } from '../../rtp/receive/types.ts';
import type { OutgoingPacket, SentStatistics, SequenceNumbers } from '../../rtp/send/types.ts';
import type { CreateRtp, RtpPort, StreamIds } from './rtp-port.ts';
import { videoShare } from './local/video-share.ts';

/** A source of somebody else while one session receives it. */
export interface Reception {
  readonly ssrc: number;
  statistics(): SourceStatistics | undefined;
  requestKeyFrame(): void;
  stop(): void;
}

/** Who gets what a source sends. */
export interface ReceptionSink {
  /** In order. */
  packet(packet: ReceivedPacket): void;
  reported(report: SenderReportTimes): void;
}

/** Who sends a source of ours. */
export interface TransmissionSink {
  readonly kind: StreamIds['kind'];
  /** Something of it is sent. */
  readonly isWanted: boolean;
  /** The bridge wants one. */
  keyFrameRequested(): void;
  /** bit/s that fit through the way to the bridge, of this source. */
  targetBitrate(bitrate: number): void;
}

/** A source of ours while one session sends it. */
export interface Transmission {
  /** What the session's offer has for a codec; undefined as long as the transport is not up: what is sent then is lost. */
  codec(name: CodecName): RtpCodec | undefined;
  send(packet: OutgoingPacket): void;
  /** More or less of all that is sent is wanted now: the way to the bridge is shared anew. */
  wantedChanged(): void;
  statistics(): SentStatistics | undefined;
  /** @returns where the next session has to go on */
  stop(): SequenceNumbers | undefined;
}

export interface SessionMediaPorts {
  clock: Clock;
  createRtp: CreateRtp;
  random: RandomBytes;
  cname: string;
  /** What RTCP of ours says it is from. */
  localSsrc: number;
  /** The transport is connected. */
  isUp(): boolean;
  sendRtp(header: Uint8Array, payload: Uint8Array): void;
  sendRtcp(compound: Uint8Array): void;
}

export class SessionMedia {
  readonly parameters: RtpParameters;
  readonly #clock: Clock;
  readonly #rtp: RtpPort;
  readonly #isUp: () => boolean;
  readonly #sinks = new Map<number, ReceptionSink>();
  /** Whoever sends a source, by SSRC. */
  readonly #senders = new Map<number, TransmissionSink>();
  /** bit/s that the way to the bridge carries, once that is known */
  #available: number | undefined;
  #timerAt = Infinity;
  #cancelTimer: () => void = () => {};
  #isClosed = false;

  constructor(parameters: RtpParameters, ports: SessionMediaPorts) {
    const { clock, cname, createRtp, isUp, localSsrc, random, sendRtcp, sendRtp } = ports;
    this.parameters = parameters;
    this.#isUp = isUp;
    this.#clock = clock;
    this.#rtp = createRtp(
      { parameters, random, localSsrc, cname },
      {
        packet: (packet) => this.#sinks.get(packet.ssrc)?.packet(packet),
        reported: (ssrc, report) => this.#sinks.get(ssrc)?.reported(report),
        keyFrameRequested: (ssrc) => this.#senders.get(ssrc)?.keyFrameRequested(),
        available: (bitrate) => {
          this.#available = bitrate;
          this.#share();
        },
        sendRtp,
        sendRtcp,
      },
    );
  }

  /** A packet of the transport. @param late ms ago it arrived */
  receiveRtp(packet: Uint8Array, late: Milliseconds = 0): void {
    if (this.#isClosed) return;
    const read = this.#clock.now();
    this.#rtp.receiveRtp(packet, read - late, read);
    this.#setTimer();
  }

  receiveRtcp(compound: Uint8Array): void {
    if (this.#isClosed) return;
    this.#rtp.receiveRtcp(compound, this.#clock.now());
    this.#setTimer();
  }

  receive(streams: StreamIds, sink: ReceptionSink): Reception {
    const { ssrc } = streams;
    this.#rtp.addReceived(streams);
    this.#sinks.set(ssrc, sink);
    return {
      ssrc,
      statistics: () => this.#rtp.receivedStatistics(ssrc),
      requestKeyFrame: () => {
        if (this.#sinks.get(ssrc) !== sink) return;
        this.#rtp.requestKeyFrame(ssrc, this.#clock.now());
        this.#setTimer();
      },
      stop: () => {
        if (this.#sinks.get(ssrc) !== sink) return;
        this.#sinks.delete(ssrc);
        this.#rtp.removeReceived(ssrc);
        this.#setTimer();
      },
    };
  }

  transmit(
    streams: StreamIds & { continues?: SequenceNumbers | undefined },
    sink: TransmissionSink,
  ): Transmission {
    const { ssrc } = streams;
    this.#rtp.addSent(streams);
    this.#senders.set(ssrc, sink);
    return {
      codec: (name) =>
        this.#isUp() ? this.parameters.codecs.find((codec) => codec.name === name) : undefined,
      send: (packet) => {
        if (this.#isClosed) return;
        this.#rtp.send(ssrc, packet, this.#clock.now());
        this.#setTimer();
      },
      wantedChanged: () => this.#share(),
      statistics: () => this.#rtp.sentStatistics(ssrc),
      stop: () => {
        const numbers = this.#rtp.sequenceNumbers(ssrc);
        this.#senders.delete(ssrc);
        this.#rtp.removeSent(ssrc);
        this.#share();
        this.#setTimer();
        return numbers;
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#sinks.clear();
    this.#senders.clear();
  }

  #share(): void {
    const bitrate = this.#available;
    if (bitrate === undefined || this.#isClosed) return;
    const sinks = [...this.#senders.values()].filter(({ isWanted }) => isWanted);
    const share = videoShare(bitrate, sinks);
    for (const sink of sinks) if (sink.kind === 'video') sink.targetBitrate(share);
  }

  /** A timer that would fire too early is left: most packets move what is due a little. */
  #setTimer(): void {
    const next = this.#isClosed ? undefined : this.#rtp.nextTimeout();
    if (next !== undefined && next >= this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = next ?? Infinity;
    if (next === undefined) return;
    this.#cancelTimer = this.#clock.schedule(Math.max(0, next - this.#clock.now()), () => {
      this.#timerAt = Infinity;
      this.#rtp.tick(this.#clock.now());
      this.#setTimer();
    });
  }
}
