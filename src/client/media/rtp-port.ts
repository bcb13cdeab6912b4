/**
 * RTP as a session's media uses it: one object for everything that goes over one transport. What is in it is numbered, repaired and
 * acknowledged below.
 */
import type { MediaKind, RtpParameters } from '../../rtp/parameters.ts';
import type { ReceivedPacket, SourceStatistics } from '../../rtp/receive/types.ts';

/** The streams of one source: media, and its retransmissions. */
export interface StreamIds {
  kind: MediaKind;
  ssrc: number;
  rtxSsrc?: number;
}

export interface SentPacket {
  payloadType: number;
  timestamp: number;
  marker: boolean;
  payload: Uint8Array;
  audioLevel?: { level: number; voice: boolean };
  /** Goes out as that header extension, where the offer has it. */
  dependencyDescriptor?: Uint8Array;
}

export interface SentStatistics {
  packets: number;
  bytes: number;
  retransmitted: number;
  nacks: number;
  keyFrameRequests: number;
  roundTripTime?: number | undefined;
  fractionLost?: number | undefined;
}

export interface RtpPort {
  addReceived(source: StreamIds): void;
  removeReceived(ssrc: number): void;
  requestKeyFrame(ssrc: number, now: number): void;
  receivedStatistics(ssrc: number): SourceStatistics | undefined;
  addSent(source: StreamIds): void;
  removeSent(ssrc: number): void;
  send(ssrc: number, packet: SentPacket, now: number): void;
  sentStatistics(ssrc: number): SentStatistics | undefined;
  receiveRtp(packet: Uint8Array, now: number): void;
  receiveRtcp(compound: Uint8Array, now: number): void;
  tick(now: number): void;
  nextTimeout(): number | undefined;
}

export interface RtpPortHandlers {
  packet(packet: ReceivedPacket): void;
  keyFrameRequested(ssrc: number): void;
  sendRtp(header: Uint8Array, payload: Uint8Array): void;
  sendRtcp(compound: Uint8Array): void;
}

export type CreateRtp = (
  options: { parameters: RtpParameters; localSsrc: number; cname: string },
  handlers: RtpPortHandlers,
) => RtpPort;
