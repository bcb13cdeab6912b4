/**
 * The RTP of one transport as media uses it. The session with its order, repair and feedback runs where the transport does, so that neither waits
 * for whoever reads the packets; statistics are as of the last that it did.
 */
import type { Clock } from '../../base/clock.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { RtpParameters } from '../../rtp/parameters.ts';
import type {
  ReceivedPacket,
  RemoteSource,
  SenderReportTimes,
  SourceStatistics,
} from '../../rtp/receive/types.ts';
import type { LocalSource, OutgoingPacket, SentStatistics, SequenceNumbers } from '../../rtp/send/types.ts';

export interface RtpLinkOptions {
  parameters: RtpParameters;
  /** Whose feedback and receiver reports ours are. */
  localSsrc: number;
  /** The canonical name of all that we send (RFC 3550, 6.5.1). */
  cname: string;
  clock: Clock;
  random: RandomBytes;
}

export interface RtpLinkHandlers {
  /** Media of a source that was added, in order. */
  packet(packet: ReceivedPacket): void;
  /** A source that was added tells its time. */
  reported(ssrc: number, report: SenderReportTimes): void;
  /** Somebody cannot go on without a key frame of this source of ours. */
  keyFrameRequested(ssrc: number): void;
  /** bit/s that the way to the other side seems to carry, of everything; when that has changed. */
  available(bitrate: number): void;
  /** What statistics say may be another. */
  changed?(): void;
}

export interface RtpLink {
  /** A source of somebody else. One that is there already is left as it is. */
  addReceived(source: RemoteSource): void;
  removeReceived(ssrc: number): void;
  /** Asks for a key frame of a source until one comes. */
  requestKeyFrame(ssrc: number): void;
  receivedStatistics(ssrc: number): SourceStatistics | undefined;
  /** A source of ours. One that is there already is left as it is. */
  addSent(source: LocalSource): void;
  removeSent(ssrc: number): void;
  /** Where the next session has to go on with a source of ours; a little further, where it does not know exactly. */
  sequenceNumbers(ssrc: number): SequenceNumbers | undefined;
  send(ssrc: number, packet: OutgoingPacket): void;
  sentStatistics(ssrc: number): SentStatistics | undefined;
  /** No handler is called any more, and nothing is sent. */
  close(): void;
}
