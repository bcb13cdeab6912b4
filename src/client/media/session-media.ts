/**
 * The media of one session on a transport of ours: packets to the sources that they belong to, frames out, and the way to the bridge
 * shared among those. It ends with the session; tracks go on.
 */
import type { RtpLink, RtpLinkHandlers, RtpLinkOptions } from '../../rtc/rtp/rtp-link.ts';
import type { CodecName, RtpCodec, RtpParameters } from '../../rtp/parameters.ts';
import type { ReceivedPacket, SenderReportTimes, SourceStatistics } from '../../rtp/receive/types.ts';
import type { OutgoingPacket, SentStatistics, SequenceNumbers } from '../../rtp/send/types.ts';
import { videoShare } from './local/video-share.ts';

/** The streams of one source: media, and its retransmissions. */
export interface StreamIds {
  kind: 'audio' | 'video';
  ssrc: number;
  rtxSsrc?: number;
}

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

export interface SessionMediaPorts extends Omit<RtpLinkOptions, 'parameters'> {
  /** The transport is connected. */
  isUp(): boolean;
  openRtp(options: RtpLinkOptions, handlers: RtpLinkHandlers): RtpLink;
}

export class SessionMedia {
  readonly parameters: RtpParameters;
  readonly #rtp: RtpLink;
  readonly #isUp: () => boolean;
  readonly #sinks = new Map<number, ReceptionSink>();
  /** Whoever sends a source, by SSRC. */
  readonly #senders = new Map<number, TransmissionSink>();
  /** bit/s that the way to the bridge carries, once that is known */
  #available: number | undefined;
  #isClosed = false;

  constructor(parameters: RtpParameters, ports: SessionMediaPorts) {
    const { isUp, openRtp, ...options } = ports;
    this.parameters = parameters;
    this.#isUp = isUp;
    this.#rtp = openRtp(
      { ...options, parameters },
      {
        packet: (packet) => this.#sinks.get(packet.ssrc)?.packet(packet),
        reported: (ssrc, report) => this.#sinks.get(ssrc)?.reported(report),
        keyFrameRequested: (ssrc) => this.#senders.get(ssrc)?.keyFrameRequested(),
        available: (bitrate) => {
          this.#available = bitrate;
          this.#share();
        },
      },
    );
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
        this.#rtp.requestKeyFrame(ssrc);
      },
      stop: () => {
        if (this.#sinks.get(ssrc) !== sink) return;
        this.#sinks.delete(ssrc);
        this.#rtp.removeReceived(ssrc);
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
      send: (packet) => this.#rtp.send(ssrc, packet),
      wantedChanged: () => this.#share(),
      statistics: () => this.#rtp.sentStatistics(ssrc),
      stop: () => {
        const numbers = this.#rtp.sequenceNumbers(ssrc);
        this.#rtp.removeSent(ssrc);
        this.#senders.delete(ssrc);
        this.#share();
        return numbers;
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#rtp.close();
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
}
