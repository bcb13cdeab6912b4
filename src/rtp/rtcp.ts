/**
 * RTCP: sender and receiver reports, SDES, BYE (RFC 3550, 6), NACK, PLI, FIR (RFC 4585, 5104), transport-wide feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01), REMB (draft-alvestrand-rmcat-remb-03), in compound packets.
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

export type RtcpPacket =
  | {
      type: 'sender-report';
      ssrc: number;
      ntp: NtpTime;
      rtpTimestamp: number;
      packets: number;
      octets: number;
      reports: readonly ReportBlock[];
    }
  | { type: 'receiver-report'; ssrc: number; reports: readonly ReportBlock[] }
  | { type: 'sdes'; chunks: readonly { ssrc: number; cname: string }[] }
  | { type: 'bye'; ssrcs: readonly number[] }
  | { type: 'nack'; senderSsrc: number; mediaSsrc: number; sequenceNumbers: readonly number[] }
  | { type: 'pli'; senderSsrc: number; mediaSsrc: number }
  | { type: 'fir'; senderSsrc: number; requests: readonly { ssrc: number; sequenceNumber: number }[] }
  | { type: 'transport-feedback'; senderSsrc: number; mediaSsrc: number; feedback: TransportFeedback }
  /** bit/s */
  | { type: 'remb'; senderSsrc: number; bitrate: number; ssrcs: readonly number[] };
