/** What a receiver is told and tells. Times are in ms of the caller's clock. */
import type { AudioLevel } from '../codecs/opus/audio-level.ts';
import type { CodecName, MediaKind, RtpCodec } from '../parameters.ts';
import type { NtpTime } from '../rtcp.ts';

/** A source that was signalled. */
export interface RemoteSource {
  ssrc: number;
  /** Where its retransmissions come (RFC 4588). */
  rtxSsrc?: number | undefined;
  kind: MediaKind;
}

/** A packet of media, in its place: after those before it, once. */
export interface ReceivedPacket {
  /** The source's own, also for a retransmission. */
  ssrc: number;
  codec: RtpCodec;
  /** Does not wrap, and goes up from packet to packet. */
  sequenceNumber: number;
  /** 32 bits, units of the codec's clock. */
  timestamp: number;
  marker: boolean;
  payload: Uint8Array;
  /** Of sound, where the sender says it. */
  audioLevel?: AudioLevel | undefined;
  /** Of AV1: what its frame refers to (RTP payload format for AV1 1.0, A.8). */
  dependencyDescriptor?: Uint8Array | undefined;
  /** When it came, as far as can be known. */
  arrival: number;
  /** When it was read; not before `arrival`. */
  read: number;
  /** It was lost, and came again when it was asked for. */
  isRecovered: boolean;
  /** Packets just before it were given up. */
  gap: boolean;
}

/** A sender report as it came: it ties the source's timestamps to the sender's clock. */
export interface SenderReportTimes {
  ntp: NtpTime;
  rtpTimestamp: number;
  arrival: number;
}

export interface SourceStatistics {
  ssrc: number;
  kind: MediaKind;
  /** Each counted once, retransmitted or not. */
  packets: number;
  /** Of payload. */
  bytes: number;
  /** Never came, or not yet. */
  lost: number;
  /** Came only when they were asked for. */
  recovered: number;
  /** Came more than once. */
  duplicates: number;
  /** Came and were of no use: too late, or of an unknown payload type. */
  discarded: number;
  /** s (RFC 3550, A.8) */
  jitter: number;
  /** Begun ones, by their timestamps. */
  frames: number;
  keyFrames: number;
  /** Packets that were asked for, each time counted. */
  nacksSent: number;
  /** Requests for key frames. */
  plisSent: number;
  /** Of the last packet. */
  codec: CodecName | undefined;
  /** Pixels, of the last key frame that said it. */
  width: number | undefined;
  height: number | undefined;
  lastArrival: number | undefined;
  senderReport: SenderReportTimes | undefined;
}

/** Of everything that a transport brought, whether its source is known or not. */
export interface TransportStatistics {
  packets: number;
  /** Of payload and padding. */
  bytes: number;
  /** Of sources that were not signalled. */
  unknownPackets: number;
  /** Nothing but padding: a bridge tries how much gets through. */
  probePackets: number;
  /** What came, and is not about a known source, by SSRC; not all if there are many. */
  unknown: ReadonlyMap<number, number>;
}

/** ms, and numbers of packets */
export interface ReceiveLimits {
  /** How long later packets wait for one that may only be late. */
  reorderingWait: number;
  /** How long they wait for one that was asked for. */
  repairWait: number;
  /** How many of a source wait at most. */
  heldPackets: number;
  /** How many of a source are missed at most; the oldest ones are given up above that. */
  missingPackets: number;
  /** How often a packet is asked for. */
  requests: number;
  /** Between two transport-wide feedbacks. */
  feedbackInterval: number;
  /** Between two receiver reports; a random part of up to a half is taken off (RFC 3550, 6.2). */
  reportInterval: number;
}

export const defaultLimits: ReceiveLimits = {
  reorderingWait: 60,
  repairWait: 1_000,
  heldPackets: 1_024,
  missingPackets: 100,
  requests: 6,
  feedbackInterval: 100,
  reportInterval: 1_000,
};
