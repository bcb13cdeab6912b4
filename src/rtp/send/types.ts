/** What a sender is told and tells. Times are in ms of the caller's clock. */
import type { AudioLevel } from '../codecs/opus/audio-level.ts';
import type { RtpExtension } from '../packet.ts';
import type { MediaKind } from '../parameters.ts';

/** Sequence numbers of the next packets. */
export interface SequenceNumbers {
  media: number;
  rtx: number;
}

/** A source of ours. */
export interface LocalSource {
  ssrc: number;
  /** Where its retransmissions go (RFC 4588); without one they go out on its own. */
  rtxSsrc?: number | undefined;
  kind: MediaKind;
  /** Goes out as that header extension (RFC 9143, 15), where the offer has it. */
  mid?: string | undefined;
  /**
   * Where an earlier session ended. Those who are still in theirs would otherwise see the same SSRC jump, and could not tell the rollover counter
   * (RFC 3711, 3.3.1). Default anywhere.
   */
  continues?: SequenceNumbers | undefined;
}

/** A packet before it has a number. Its bytes are kept for retransmission: they must not change afterwards. */
export interface OutgoingPacket {
  payloadType: number;
  /** 32 bits, units of the codec's clock. */
  timestamp: number;
  marker: boolean;
  payload: Uint8Array;
  /** These two go out as header extensions, where the offer has them. */
  audioLevel?: AudioLevel | undefined;
  dependencyDescriptor?: Uint8Array | undefined;
  /** Others, by the offer's ids. */
  extensions?: readonly RtpExtension[] | undefined;
}

export interface SentStatistics {
  /** Without retransmissions. */
  packets: number;
  /** Of payload, without retransmissions. */
  bytes: number;
  /** Packets, each time counted. */
  retransmitted: number;
  /** Packets that were asked for, each time counted. */
  nacks: number;
  /** Those that were passed on. */
  keyFrameRequests: number;
  /** ms, of the transport. */
  roundTripTime: number | undefined;
  /** 0 to 1, from the last report. */
  fractionLost: number | undefined;
  /** Packets since the beginning, from the last report. */
  lost: number | undefined;
}

/** What transport-wide feedback says. Counts are of packets of all sources, retransmissions too. */
export interface DeliveryStatistics {
  acknowledged: number;
  /** Reported as not arrived, and not otherwise since. */
  lost: number;
  /** bit/s that were acknowledged in the last second, headers included. */
  bitrate: number;
  /** bit/s that the way seems to carry, headers included */
  available: number;
  roundTripTime: number | undefined;
}

/** Times in ms. */
export interface SendLimits {
  /** Of a source, kept for retransmission. */
  keptPackets: number;
  keptBytes: number;
  keptFor: number;
  /** Between two sender reports of a source; up to a half is added at random, so that sources do not all report at once. */
  reportInterval: number;
  /** From the first packet, of all or after a pause, to the report: receivers need one to play sound and picture in time. */
  firstReport: number;
  /** Between two key frames that are asked of one source. */
  keyFrameInterval: number;
  /** While it is not measured; for so long a packet is not retransmitted again. */
  roundTripTime: number;
}

export const defaultLimits: SendLimits = {
  keptPackets: 1_024,
  keptBytes: 2 * 2 ** 20,
  keptFor: 5_000,
  reportInterval: 1_000,
  firstReport: 200,
  keyFrameInterval: 200,
  roundTripTime: 30,
};
