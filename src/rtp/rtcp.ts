/**
 * RTCP: sender and receiver reports, SDES, BYE (RFC 3550, 6), NACK, PLI, FIR (RFC 4585, 5104), transport-wide feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01), REMB (draft-alvestrand-rmcat-remb-03). `rtcp/compound.ts` reads and writes them.
 */
import type { TransportFeedback } from './transport-feedback.ts';

export interface ReportBlock {
  /** Whose packets it is about. */
  ssrc: number;
  /** Of 256, since the last report. */
  fractionLost: number;
  /** Signed 24 bits. */
  cumulativeLost: number;
  /** Cycles and sequence number, 32 bits. */
  highestSequence: number;
  /** Units of the codec's clock. */
  jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0 without one. */
  lastSenderReport: number;
  /** 1/65536 s since it came. */
  delaySinceLastSenderReport: number;
}

/** 64 bits of NTP time (RFC 5905): seconds since 1900, and 1/2^32 of one. */
export interface NtpTime {
  seconds: number;
  fraction: number;
}

export interface SenderReport {
  type: 'sender-report';
  ssrc: number;
  ntp: NtpTime;
  /** The same moment in units of the codec's clock. */
  rtpTimestamp: number;
  /** Sent since the beginning; 32 bits each. */
  packets: number;
  octets: number;
  /** At most 31. */
  reports: readonly ReportBlock[];
}

export interface ReceiverReport {
  type: 'receiver-report';
  ssrc: number;
  /** At most 31. */
  reports: readonly ReportBlock[];
}

export interface SourceDescription {
  type: 'sdes';
  chunks: readonly { ssrc: number; cname: string }[];
}

export interface Bye {
  type: 'bye';
  ssrcs: readonly number[];
}

export interface Nack {
  type: 'nack';
  senderSsrc: number;
  mediaSsrc: number;
  sequenceNumbers: readonly number[];
}

export interface PictureLoss {
  type: 'pli';
  senderSsrc: number;
  mediaSsrc: number;
}

export interface FullIntraRequest {
  type: 'fir';
  senderSsrc: number;
  /** 8 bits of a sequence number: a repeated request has the one of the first. */
  requests: readonly { ssrc: number; sequenceNumber: number }[];
}

export interface TransportFeedbackPacket {
  type: 'transport-feedback';
  senderSsrc: number;
  mediaSsrc: number;
  feedback: TransportFeedback;
}

/** REMB */
export interface ReceiverEstimate {
  type: 'remb';
  senderSsrc: number;
  /** bit/s */
  bitrate: number;
  ssrcs: readonly number[];
}

export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | Bye
  | Nack
  | PictureLoss
  | FullIntraRequest
  | TransportFeedbackPacket
  | ReceiverEstimate;
