/** RTP as a session's media uses it: one object for everything that goes over one transport. */
import { RtpSession, type RtpSessionHandlers, type RtpSessionOptions } from '../../rtp/session.ts';

/** The streams of one source: media, and its retransmissions. */
export interface StreamIds {
  kind: 'audio' | 'video';
  ssrc: number;
  rtxSsrc?: number;
}

export type RtpPort = Pick<
  RtpSession,
  | 'addReceived'
  | 'removeReceived'
  | 'requestKeyFrame'
  | 'receivedStatistics'
  | 'addSent'
  | 'removeSent'
  | 'send'
  | 'sentStatistics'
  | 'sequenceNumbers'
  | 'receiveRtp'
  | 'receiveRtcp'
  | 'tick'
  | 'nextTimeout'
>;

export type CreateRtp = (options: RtpSessionOptions, handlers: RtpSessionHandlers) => RtpPort;

export const createRtp: CreateRtp = (options, handlers) => new RtpSession(options, handlers);
