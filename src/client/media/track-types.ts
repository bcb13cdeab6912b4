/** What goes into tracks and comes out of them, as users see it. */
import type { MediaType, VideoType } from '../../jingle/model.ts';
import type { CodecName } from '../../rtp/parameters.ts';
import type { GapFigures } from './gaps.ts';

/** How loud a packet's audio is (RFC 6464). */
export interface AudioLevel {
  /** -dBov: 0 is the loudest, 127 silence. */
  level: number;
  /** It is speech, as far as the encoder knows. */
  voice: boolean;
}

export interface LocalTrackOptions {
  kind: MediaType;
  /** What the frames are encoded with. Default `opus` or `vp8`. */
  codec?: CodecName;
  /** Default `camera`. A screen is preferred by the others' interfaces, and a second source beside the camera. */
  videoType?: VideoType;
  /** It begins muted. Default false. */
  muted?: boolean;
  /**
   * Video that is sent in several sizes at once (simulcast), from the smallest up, two or three of them: the bridge gives each receiver the one that it
   * wants and that fits. Bridges take the first three for a quarter, a half and all of the size. Frames say which `layer` they are of.
   */
  layers?: readonly LayerOptions[];
}

export interface LayerOptions {
  /** Pixels. */
  height: number;
  /** bit/s that it takes at most. Default: what lib-jitsi-meet gives such a height in that codec, such as 200, 500 and 1500 kbit/s in VP8 */
  maxBitrate?: number;
}

/** A layer of a track of ours, as it is now. */
export interface LayerState extends Required<LayerOptions> {
  ssrc: number;
  /** Somebody looks at it, and it fits through the way to the bridge: encoding it is worth it. */
  isWanted: boolean;
  /** bit/s that it may take; undefined while nothing is known of the way, or when it is not wanted. */
  targetBitrate?: number;
  statistics: LocalTrackStatistics;
}

/** One encoded frame: a picture, or a packet's worth of audio. */
export interface LocalFrame {
  data: Uint8Array;
  /** ms, when it was captured, on any clock that does not jump; the differences count. */
  timestamp: number;
  /** Video: it can be decoded without any other. Default: found out from the data where the codec's frames say so. */
  keyFrame?: boolean;
  /** VP8 in temporal layers: which one it is in. Default 0. */
  temporalId?: number;
  /** Of a track with `layers`: which of them it is, 0 for the smallest. */
  layer?: number;
  /** Audio: how loud it is. Without it we are heard, but never the dominant speaker. */
  audioLevel?: AudioLevel;
}

/** An RTP packet of those who packetise themselves; numbers and header extensions are ours. */
export interface LocalPacket {
  /** Default that of the track's codec in the session's offer; what was not offered is dropped by the bridge. */
  payloadType?: number;
  /** 32 bits, in units of the codec's clock. */
  timestamp: number;
  /** Video: the frame's last packet. Audio: the first after silence. */
  marker: boolean;
  payload: Uint8Array;
  audioLevel?: AudioLevel;
  /** Of a track with `layers`: which of them it is, 0 for the smallest. */
  layer?: number;
}

/** How a track of somebody else is read. */
export interface ReadOptions {
  /** What may be unread: default 300 frames, 2000 packets. */
  limit?: number;
  /** Ends the loop when it is aborted. */
  signal?: AbortSignal;
}

/** An encoded frame of somebody else. */
export interface RemoteFrame {
  data: Uint8Array;
  /**
   * ms since the epoch: when the track's first frame arrived, and how far the clock of its timestamps has gone since. Nothing is ever
   * corrected, so that frames of one track are as far apart as the sender says; to compare those of several tracks take `captureTime`.
   */
  timestamp: number;
  /**
   * ms since the epoch, when it was captured. One clock for all sources of all participants: that of each is known by its sender reports
   * (RFC 3550, 6.4.1), and is as far from ours as what came quickest says; so it is too late by the shortest way from there to here, some
   * ms. Until the first report, some seconds at most, it goes by when packets come. It never goes back, and a correction is spread over time.
   */
  captureTime: number;
  /** 32 bits, in units of the codec's clock, as the sender wrote it. */
  rtpTimestamp: number;
  /**
   * Of its first packet. It does not wrap and always goes up: by one for each packet of the source, so that with audio what is more was lost.
   * Where a session or SSRC takes the place of another, it may go up by any number.
   */
  sequenceNumber: number;
  codec: CodecName;
  /** It can be decoded without any other; always true for audio. */
  keyFrame: boolean;
  /** Pixels, of key frames whose codec says them in its header. */
  width?: number;
  height?: number;
  temporalId?: number;
  /** Audio: how loud it is, where the sender says so. */
  audioLevel?: AudioLevel;
}

/** An RTP packet of somebody else. */
export interface RemotePacket {
  ssrc: number;
  payloadType: number;
  codec: CodecName;
  /** As that of a {@link RemoteFrame}. */
  sequenceNumber: number;
  /** 32 bits, in units of the codec's clock. */
  timestamp: number;
  /** ms since the epoch, as that of a {@link RemoteFrame}. */
  captureTime: number;
  marker: boolean;
  payload: Uint8Array;
  /** It was missing, and came as a retransmission. */
  isRecovered: boolean;
  audioLevel?: AudioLevel;
}

/** Figures since the track was added, over all sessions. */
export interface LocalTrackStatistics extends GapFigures {
  packets: number;
  /** Of payload, retransmissions not counted. */
  bytes: number;
  frames: number;
  keyFrames: number;
  /** Packets that the bridge says it never got at first, as of its reports. */
  lost: number;
  /** Frames and packets that were not sent: nobody wanted them, or there was no session. */
  unsent: number;
  /** Packets that were sent again because the bridge missed them. */
  retransmitted: number;
  /** Requests of the bridge. */
  nacks: number;
  keyFrameRequests: number;
  /** ms to the bridge and back, as of its last report. */
  roundTripTime?: number;
  /** Of packets, 0 to 1, as of the bridge's last report. */
  fractionLost?: number;
  /** Pixels, of the last key frame, of the largest layer that is sent; undefined while nothing is sent, or where the codec does not say it. */
  width?: number;
  height?: number;
}

/** Figures since the track was added, over all its SSRCs. */
export interface RemoteTrackStatistics extends GapFigures {
  packets: number;
  /** Of payload. */
  bytes: number;
  /** Packets that are missing for good. */
  lost: number;
  /** Packets that were missing and came as retransmissions. */
  recovered: number;
  /** Packets that came twice, or too late. */
  discarded: number;
  frames: number;
  keyFrames: number;
  /** Requests of ours. */
  nacks: number;
  keyFrameRequests: number;
  /** ms (RFC 3550, 6.4.1). */
  jitter: number;
  codec?: CodecName;
  /** Pixels, of the last key frame; with spatial layers (SVC), of the highest that comes now. */
  width?: number;
  height?: number;
}
