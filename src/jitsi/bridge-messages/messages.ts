/**
 * What a bridge says on its channel (media dossier 5.7; jitsi-videobridge `BridgeChannelMessage.kt`). Names of classes and fields
 * are those of the wire. Fields that a newer bridge adds to a class stay in the message, untyped.
 */

/**
 * `disabled` is a source that is switched off; `none`, deprecated in the bridge, is what clients send for the same. A bridge
 * writes them in upper case; a word that is new comes in lower case.
 */
export type BridgeVideoType = 'camera' | 'desktop' | 'desktop_high_fps' | 'none';

/** Over a WebSocket the first message; over a data channel the answer to our ClientHello, and sent for nothing else. */
export interface ServerHello {
  colibriClass: 'ServerHello';
  /** Only where the bridge is set to announce it. */
  version?: string;
}

export interface DominantSpeakerEndpointChangeEvent {
  colibriClass: 'DominantSpeakerEndpointChangeEvent';
  /** Endpoint id. */
  dominantSpeakerEndpoint: string;
  /** Endpoint ids, newest first, at most ten. */
  previousSpeakers: readonly string[];
  /** Nobody speaks; only with the bridge's silence detection, which is off by default. */
  silence: boolean;
}

/** Somebody's connection to the bridge, our own included, was lost or has come back. */
export interface EndpointConnectivityStatusChangeEvent {
  colibriClass: 'EndpointConnectivityStatusChangeEvent';
  /** Endpoint id. */
  endpoint: string;
  /** A word, not a boolean: `'false'` is truthy. */
  active: 'true' | 'false';
}

/** All video sources that the bridge forwards to us from now on. */
export interface ForwardedSources {
  colibriClass: 'ForwardedSources';
  /** Source names. */
  forwardedSources: readonly string[];
}

/** What all receivers together ask of a video source of ours. */
export interface SenderSourceConstraints {
  colibriClass: 'SenderSourceConstraints';
  sourceName: string;
  /** Pixels; 0: nobody looks, -1: no limit. */
  maxHeight: number;
}

export interface AudioSourceMapping {
  /** Source name. */
  source: string;
  /** Endpoint id. */
  owner?: string;
  ssrc: number;
  /** MID that the bridge stamps on the packets, when it does. */
  mid?: string;
}

export interface VideoSourceMapping extends AudioSourceMapping {
  /** SSRC of the retransmissions; absent when there are none. */
  rtx?: number;
  videoType: BridgeVideoType | 'disabled' | (string & {});
}

/** SSRC rewriting: whose audio an SSRC carries from now on. Sources that are not named stay as they were. */
export interface AudioSourcesMap {
  colibriClass: 'AudioSourcesMap';
  mappedSources: readonly AudioSourceMapping[];
}

/** SSRC rewriting: whose video an SSRC carries from now on. Sources that are not named stay as they were. */
export interface VideoSourcesMap {
  colibriClass: 'VideoSourcesMap';
  mappedSources: readonly VideoSourceMapping[];
}

/** Every ten seconds once the bridge has an estimate. */
export interface ConnectionStats {
  colibriClass: 'ConnectionStats';
  /** bit/s from the bridge to us */
  estimatedDownlinkBandwidth: number;
}

/**
 * A message of another participant. All fields but `to` and `from` are the sender's: lib-jitsi-meet has everything in `msgPayload`,
 * other programs write `text` or `raw` beside it. Nobody has checked them.
 */
export interface EndpointMessage {
  colibriClass: 'EndpointMessage';
  /** Our endpoint id; '' when it was sent to everybody. */
  to: string;
  /** Endpoint id of the sender, set by the bridge; '' if it is missing. */
  from: string;
  msgPayload?: unknown;
  text?: unknown;
  raw?: unknown;
  [field: string]: unknown;
}

/** What another participant tells about its connection. Nobody has checked the fields; {@link EndpointStatistics} are usual. */
export interface EndpointStats {
  colibriClass: 'EndpointStats';
  /** Endpoint id of the sender, set by the bridge; '' if it is missing. */
  from: string;
  [field: string]: unknown;
}

/** Audio that the bridge itself makes, as a translation, starts or stops. */
export interface SyntheticSourceSendingChangeEvent {
  colibriClass: 'SyntheticSourceSendingChangeEvent';
  sourceName: string;
  sending: boolean;
  /** RTP timestamp at which it does, 32 bits. */
  timestamp: number;
}

export type KnownBridgeMessage =
  | ServerHello
  | DominantSpeakerEndpointChangeEvent
  | EndpointConnectivityStatusChangeEvent
  | ForwardedSources
  | SenderSourceConstraints
  | AudioSourcesMap
  | VideoSourcesMap
  | ConnectionStats
  | EndpointMessage
  | EndpointStats
  | SyntheticSourceSendingChangeEvent;

/** The message of one class: `BridgeMessageOf<'ServerHello'>`. */
export type BridgeMessageOf<Class extends KnownBridgeMessage['colibriClass']> = Extract<
  KnownBridgeMessage,
  { colibriClass: Class }
>;

declare const unknownClass: unique symbol;

/**
 * A string that is none of the known classes. TypeScript has no such type, and a plain `string` would match every `case` of a switch.
 * A template over a branded string is assignable to `string` and matches no literal, so that a switch over the class narrows to
 * one known message in each `case` and to {@link UnknownBridgeMessage} in `default`. The brand exists in types only.
 */
// oxlint-disable-next-line typescript/no-unnecessary-template-expression -- see above
export type UnknownBridgeMessageClass = `${string & { readonly [unknownClass]: true }}`;

/**
 * A message as it came: of a class newer than this package, or one that bridges do not send any more, as
 * `LastNEndpointsChangeEvent`, `ForwardedEndpoints`, `SenderVideoConstraints`.
 */
export interface UnknownBridgeMessage {
  colibriClass: UnknownBridgeMessageClass;
  [field: string]: unknown;
}

/** Everything that comes from a bridge, told apart by `colibriClass`. */
export type BridgeMessage = KnownBridgeMessage | UnknownBridgeMessage;
