/**
 * The neutral model of a media session: what Jingle says, without XML, and what SDP is written from. Field names follow
 * WebRTC where it has a word for the thing.
 */

export type MediaType = 'audio' | 'video';

/** `senders` of a content (XEP-0166, 7.3): who sends. `rejected` is Jitsi's mark for a refused m-line. */
export type Senders = 'both' | 'initiator' | 'responder' | 'none' | 'rejected';

export interface FormatParameter {
  /** '' for a bare value, as RED's `111/111`. */
  name: string;
  value: string;
}

export interface RtcpFeedback {
  type: string;
  subtype?: string;
}

export interface PayloadType {
  /** 0 to 127 */
  id: number;
  name: string;
  /** Hz */
  clockRate: number;
  channels?: number;
  parameters: readonly FormatParameter[];
  feedback: readonly RtcpFeedback[];
  /** `rtcp-fb-trr-int`, ms */
  trrInt?: number;
}

export interface HeaderExtension {
  id: number;
  uri: string;
  senders?: Senders;
}

export interface RtpDescription {
  /** `application` for the data channel's content. */
  media: MediaType | 'application';
  /** ms */
  maxPtime?: number;
  payloadTypes: readonly PayloadType[];
  /** Feedback for every payload type. */
  feedback: readonly RtcpFeedback[];
  /** `rtcp-fb-trr-int` for every payload type, ms */
  trrInt?: number;
  headerExtensions: readonly HeaderExtension[];
  extmapAllowMixed: boolean;
  rtcpMux: boolean;
}

export type DtlsSetup = 'actpass' | 'active' | 'passive' | 'holdconn';

export interface Fingerprint {
  /** Hash function, lower-case: `sha-256`. */
  hash: string;
  /** Upper-case hex pairs with colons. */
  value: string;
  setup?: DtlsSetup;
  cryptex?: boolean;
}

export interface IceCandidate {
  foundation: string;
  component: number;
  /** Lower-case: `udp`, `tcp`, `ssltcp`. */
  protocol: string;
  priority: number;
  ip: string;
  port: number;
  /** `host`, `srflx`, `prflx`, `relay`. */
  type: string;
  relatedAddress?: string;
  relatedPort?: number;
  tcpType?: string;
  generation: number;
  id?: string;
}

export interface SctpParameters {
  port: number;
  /** `webrtc-datachannel` */
  protocol: string;
  streams?: number;
}

export interface IceTransport {
  ufrag?: string;
  pwd?: string;
  /** Only in an in-place ICE restart. */
  iceGeneration?: number;
  rtcpMux: boolean;
  fingerprints: readonly Fingerprint[];
  candidates: readonly IceCandidate[];
  /** colibri WebSocket URLs, best first; they carry a password. */
  webSocketUrls: readonly string[];
  sctp?: SctpParameters;
}

export interface Content {
  name: string;
  creator: 'initiator' | 'responder';
  senders?: Senders;
  description?: RtpDescription;
  transport?: IceTransport;
  /** lastN the responder starts with (`jitsi:colibri2`), in a session-accept's video content. */
  initialLastN?: number;
}

export type VideoType = 'camera' | 'desktop';

/** One RTP stream: an SSRC and whose it is. */
export interface Source {
  ssrc: number;
  mediaType: MediaType;
  /** Endpoint id; `jvb` for the bridge's own placeholders. Absent for our own. */
  owner?: string;
  /** Source name, `ENDPOINT-v0`. All streams of one source share it. */
  name?: string;
  /** `STREAM TRACK` */
  msid?: string;
  videoType?: VideoType;
  /** MID the bridge stamps on this source's packets, when it does. */
  mid?: string;
}

export interface SsrcGroup {
  /** `SIM`, `FID`; upper-case. */
  semantics: string;
  /** Primary first. */
  ssrcs: readonly number[];
  mediaType: MediaType;
  owner?: string;
}

/** Sources that are announced, added or removed together. */
export interface SourceSet {
  sources: readonly Source[];
  groups: readonly SsrcGroup[];
}

export type JingleAction =
  | 'session-initiate'
  | 'session-accept'
  | 'session-info'
  | 'session-terminate'
  | 'transport-info'
  | 'transport-replace'
  | 'transport-accept'
  | 'transport-reject'
  | 'source-add'
  | 'source-remove'
  | 'content-add'
  | 'content-modify'
  | 'content-remove'
  | 'description-info';

export interface JingleReason {
  /** XEP-0166, 7.4: `success`, `expired`, `decline`, … */
  condition: string;
  text?: string;
}

export interface BridgeSession {
  id?: string;
  region?: string;
  /** session-terminate: please send a new offer */
  restart?: boolean;
  /** session-info: please restart ICE in place */
  iceRestart?: boolean;
}

/** One `<jingle/>` element. */
export interface JingleMessage {
  /** A known action, or whatever the other side wrote. */
  action: JingleAction | (string & {});
  sid: string;
  initiator?: string;
  responder?: string;
  contents: readonly Content[];
  /** Content names in the BUNDLE group; absent when there is no group. */
  bundle?: readonly string[];
  /** Sources of all contents, from XML and from Jitsi's JSON form alike. */
  sources: SourceSet;
  bridgeSession?: BridgeSession;
  startMuted?: { audio: boolean; video: boolean };
  reason?: JingleReason;
  /** `<ice-state/>` of a session-info. */
  iceState?: string;
}
