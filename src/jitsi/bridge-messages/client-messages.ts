/**
 * What a client says to its bridge (media dossier 5.5, 5.6; jitsi-videobridge `BridgeChannelMessage.kt`). A bridge drops a
 * message with one field too many, or of a wrong type, without a word; only EndpointMessage and EndpointStats are open.
 */
import type { BridgeVideoType } from './messages.ts';

/** How much of a video source is wanted. */
export interface VideoConstraints {
  /** Pixels; 0: nothing, -1: no limit. */
  maxHeight: number;
  /** Frames a second; 0: nothing, -1: no limit. Default -1. */
  maxFrameRate?: number;
}

/**
 * Which video we want. A field that is there replaces what the bridge has, one that is absent leaves it. Until the first such
 * message a bridge forwards no video at all; after it, `defaultConstraints` is 180 pixels unless said otherwise.
 */
export interface ReceiverVideoConstraints {
  /** How many sources at most; -1: all. */
  lastN?: number;
  /** Source names, most wanted first; after those on stage. */
  selectedSources?: readonly string[];
  /** Source names that are served first, in this order. */
  onStageSources?: readonly string[];
  /** For sources that `constraints` does not name. */
  defaultConstraints?: VideoConstraints;
  /** By source name. The map is replaced as a whole. */
  constraints?: Readonly<Record<string, VideoConstraints>>;
  /** bit/s that the bridge shall take for granted instead of its estimate; -1: its estimate. */
  assumedBandwidthBps?: number;
}

/** Which audio we want. Without any such message everything is forwarded. */
export interface AudioSubscription {
  /** Every source but those that the bridge itself makes. Default true, as in lib-jitsi-meet; a bridge's own default is false. */
  all?: boolean;
  /** Names of sources that are wanted besides. */
  include?: readonly string[];
  /** Names of sources that are not wanted; prevails over the others. */
  exclude?: readonly string[];
}

/** What lib-jitsi-meet clients tell each other about their connections. Further fields may be added. */
export interface EndpointStatistics {
  /** kbit/s */
  bitrate?: DirectedBitrate & { audio?: DirectedBitrate; video?: DirectedBitrate };
  /** Percent of packets. */
  packetLoss?: { total: number; download: number; upload: number };
  /** Percent; 100 is perfect. */
  connectionQuality?: number;
  /** ms between the client and its bridge. */
  jvbRTT?: number;
  serverRegion?: string;
  /** Pixels: height of the best video that is sent. */
  maxEnabledResolution?: number;
  [field: string]: unknown;
}

interface DirectedBitrate {
  download: number;
  upload: number;
}

/** Asks for a ServerHello. */
export interface ClientHello {
  colibriClass: 'ClientHello';
}

export interface ReceiverVideoConstraintsMessage extends ReceiverVideoConstraints {
  colibriClass: 'ReceiverVideoConstraints';
}

/** The older way to say `lastN` alone. */
export interface LastNChangedEvent {
  colibriClass: 'LastNChangedEvent';
  lastN: number;
}

/** Bridges take `mode` and `list` of an older form too, but not both forms at once. */
export interface ReceiverAudioSubscription extends Required<AudioSubscription> {
  colibriClass: 'ReceiverAudioSubscription';
}

export interface SourceVideoTypeMessage {
  colibriClass: 'SourceVideoTypeMessage';
  sourceName: string;
  /** `none` takes the source out of everybody's allocation. */
  videoType: BridgeVideoType;
}

/** The older form, about our first video source. */
export interface VideoTypeMessage {
  colibriClass: 'VideoTypeMessage';
  videoType: BridgeVideoType;
}

/** Messages whose fields a bridge checks; EndpointMessage and EndpointStats are the sender's own. */
export type ClientMessage =
  | ClientHello
  | ReceiverVideoConstraintsMessage
  | LastNChangedEvent
  | ReceiverAudioSubscription
  | SourceVideoTypeMessage
  | VideoTypeMessage;
