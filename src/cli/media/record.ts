/** The objects that `media` prints. Their field names are a promise; what is not known is null. */
import type { LocalTrackStatistics, RemoteTrackStatistics } from '../../client/media/track-types.ts';

interface Figures {
  /** Its name in the room, such as `1f2e3d4c-v0`. */
  source: string;
  kind: 'audio' | 'video';
  /** The last one; a source may change it. */
  ssrc: number | null;
  codec: string | null;
  /** Pixels. */
  width: number | null;
  height: number | null;
  /** Times without media while a session was moved, restarted or lost; in ms the last and the longest. */
  gaps: number;
  lastGap: number | null;
  longestGap: number | null;
}

/** A source of ours, since the beginning. */
export type SentFigures = Figures &
  Omit<
    LocalTrackStatistics,
    'width' | 'height' | 'roundTripTime' | 'fractionLost' | 'lastGap' | 'longestGap'
  > & {
    /** ms */
    roundTripTime: number | null;
    /** 0 to 1, as of the bridge's last report */
    fractionLost: number | null;
    /** Pixels that anybody wants of it; 0: nobody watches, and nothing is sent; -1: no limit, or nothing was heard yet. */
    wantedHeight: number;
  };

/** A source of somebody else, since the beginning. `jitter` in ms. */
export type ReceivedFigures = Figures &
  Omit<RemoteTrackStatistics, 'codec' | 'width' | 'height' | 'lastGap' | 'longestGap'> & {
    /** Display name, or the endpoint id of somebody without one. */
    participant: string;
    endpointId: string;
    /** Video that we want and the bridge keeps back, because it estimates our downlink too low. */
    suspended: boolean;
  };

/** What has come or gone since the object before. */
export interface Rates {
  /** Kilobits of payload a second. */
  kbps: number;
  /** Frames, or packets of sound, a second. */
  fps: number;
  /** Percent of packets that are missing for good. */
  loss: number;
}

export interface StatsRecord {
  type: 'stats';
  /** Seconds since we are in the room. */
  at: number;
  sent: readonly (SentFigures & Rates)[];
  received: readonly (ReceivedFigures & Rates)[];
  dominantSpeaker: string | null;
  sessions: number;
}

export interface MediaSummary {
  type: 'summary';
  /** Seconds in the room. */
  seconds: number;
  sent: {
    packets: number;
    bytes: number;
    frames: number;
    sources: readonly SentFigures[];
  };
  /** Also of those who have left. */
  received: readonly ReceivedFigures[];
  /** Media sessions that the focus took our answer for. */
  sessions: number;
  /** Those of them that were given up for a new one, as when the bridge moved. */
  restarts: number;
}
