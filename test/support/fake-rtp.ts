/** RTP that only notes what it is told, for the media of a session. */
import { SessionMedia, type StreamIds } from '../../src/client/media/session-media.ts';
import type { RtpLink, RtpLinkHandlers } from '../../src/rtc/rtp/rtp-link.ts';
import type { RtpCodec, RtpParameters } from '../../src/rtp/parameters.ts';
import type { ReceivedPacket, SourceStatistics } from '../../src/rtp/receive/types.ts';
import type {
  LocalSource,
  OutgoingPacket,
  SentStatistics,
  SequenceNumbers,
} from '../../src/rtp/send/types.ts';
import { ManualClock } from './manual-clock.ts';
import { seededRandom } from './random.ts';

export const opus: RtpCodec = {
  payloadType: 111,
  name: 'opus',
  kind: 'audio',
  clockRate: 48_000,
  channels: 2,
  nack: false,
  pli: false,
  transportFeedback: true,
};
export const vp8: RtpCodec = {
  payloadType: 100,
  name: 'vp8',
  kind: 'video',
  clockRate: 90_000,
  rtxPayloadType: 96,
  nack: true,
  pli: true,
  transportFeedback: true,
};

export const offered: RtpParameters = { codecs: [opus, vp8], extensions: { audioLevel: 1 } };

export class FakeRtp implements RtpLink {
  /** What it is asked for, in words. */
  readonly calls: string[] = [];
  readonly sent: (OutgoingPacket & { ssrc: number })[] = [];
  readonly received: Map<number, StreamIds> = new Map();
  readonly sending: Map<number, LocalSource> = new Map();
  readonly numbers: Map<number, SequenceNumbers> = new Map();
  readonly receivedFigures: Map<number, Partial<SourceStatistics>> = new Map();
  readonly sentFigures: Map<number, Partial<SentStatistics>> = new Map();
  /** The transport below it is connected. */
  isUp = true;
  handlers: RtpLinkHandlers | undefined;

  addReceived(streams: StreamIds): void {
    this.calls.push(`receive ${streams.ssrc}`);
    this.received.set(streams.ssrc, streams);
  }

  removeReceived(ssrc: number): void {
    this.calls.push(`no longer ${ssrc}`);
    this.received.delete(ssrc);
  }

  requestKeyFrame(ssrc: number): void {
    this.calls.push(`key frame of ${ssrc}`);
  }

  receivedStatistics(ssrc: number): SourceStatistics | undefined {
    const figures = this.receivedFigures.get(ssrc);
    return figures && { ...noFigures, ssrc, ...figures };
  }

  addSent(streams: LocalSource): void {
    this.sending.set(streams.ssrc, streams);
  }

  removeSent(ssrc: number): void {
    this.sending.delete(ssrc);
  }

  sequenceNumbers(ssrc: number): SequenceNumbers | undefined {
    return this.numbers.get(ssrc);
  }

  send(ssrc: number, packet: OutgoingPacket): void {
    this.sent.push({ ssrc, ...packet });
  }

  sentStatistics(ssrc: number): SentStatistics | undefined {
    const figures = this.sentFigures.get(ssrc);
    return figures && { ...nothingSent, ...figures };
  }

  close(): void {
    this.calls.push('closed');
  }
}

/** A session's media on RTP that a test holds the other end of. */
export function fakeSessionMedia(parameters: RtpParameters = offered): { media: SessionMedia; rtp: FakeRtp } {
  const rtp = new FakeRtp();
  const media = new SessionMedia(parameters, {
    clock: new ManualClock(),
    random: seededRandom(1),
    cname: 'test',
    localSsrc: 1,
    isUp: () => rtp.isUp,
    openRtp: (_, handlers) => {
      rtp.handlers = handlers;
      return rtp;
    },
  });
  return { media, rtp };
}

/** A packet that is a whole VP8 frame, as it comes out of the receiver. */
export function vp8Packet(ssrc: number, sequenceNumber: number, keyFrame: boolean): ReceivedPacket {
  // A descriptor with S only, then the frame's first byte: 0 for a key frame, with its start code and size.
  const frame = keyFrame ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00] : [0x11, 0, 0, 7];
  return {
    ssrc,
    codec: vp8,
    sequenceNumber,
    timestamp: sequenceNumber * 3_000,
    marker: true,
    payload: Uint8Array.from([0x10, ...frame]),
    arrival: 5_000 + sequenceNumber * 33,
    read: 5_000 + sequenceNumber * 33,
    isRecovered: false,
    gap: false,
  };
}

const noFigures: SourceStatistics = {
  ssrc: 0,
  kind: 'video',
  packets: 0,
  bytes: 0,
  lost: 0,
  recovered: 0,
  duplicates: 0,
  discarded: 0,
  jitter: 0,
  frames: 0,
  keyFrames: 0,
  nacksSent: 0,
  plisSent: 0,
  codec: undefined,
  width: undefined,
  height: undefined,
  lastArrival: undefined,
  senderReport: undefined,
};

const nothingSent: SentStatistics = {
  packets: 0,
  bytes: 0,
  retransmitted: 0,
  nacks: 0,
  keyFrameRequests: 0,
  roundTripTime: undefined,
  fractionLost: undefined,
  lost: undefined,
};
