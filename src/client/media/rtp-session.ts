/** RTP for a session's media. */
import type { CreateRtp } from './rtp-port.ts';

export const createRtp: CreateRtp = () => ({
  addReceived: () => {},
  removeReceived: () => {},
  requestKeyFrame: () => {},
  receivedStatistics: () => undefined,
  addSent: () => {},
  removeSent: () => {},
  send: () => {},
  sentStatistics: () => undefined,
  receiveRtp: () => {},
  receiveRtcp: () => {},
  tick: () => {},
  nextTimeout: () => undefined,
});
