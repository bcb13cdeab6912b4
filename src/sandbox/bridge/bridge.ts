/**
 * What a focus needs from a bridge. A real deployment speaks it as `jitsi:colibri2` (jitsi-videobridge
 * `Colibri2ConferenceHandler.kt`); here it is an interface, so that the focus knows neither sockets nor certificates.
 */
import type { IceTransport, MediaType, RtpDescription, SourceSet } from '../../jingle/model.ts';

export interface Bridge {
  /** Where the bridge stands, as `bridge-session` in an offer says it. */
  readonly region: string;
  createConference(): BridgeConference;
  /** Expires everything; resolves when no socket is left. */
  close(): Promise<void>;
}

export interface BridgeConference {
  /** The bridge's own name for the conference: 16 hex digits, part of the colibri WebSocket URL. */
  readonly id: string;
  /** The bridge has died: it knows nothing of the conference any more. */
  readonly isLost: boolean;
  /** The bridge's own sources, one audio and one video, owner `jvb`. It sends its RTCP with them, no media. */
  readonly sources: SourceSet;
  /**
   * Makes an endpoint and the transport to offer to it.
   * @throws MediaError `bridge-closed` when the conference has been closed meanwhile
   */
  allocate(request: EndpointRequest): Promise<BridgeEndpoint>;
  /** The focus is gone without a word. The endpoints stay as long as they are not silent, and the conference as long as it has any. */
  abandon(): void;
  /** Expires the conference with all its endpoints; resolves when no socket of it is left. */
  close(): Promise<void>;
}

export interface EndpointRequest {
  id: string;
  /** The formats of the offer: a bridge learns payload types and extension ids from it, never from the answer. */
  descriptions: readonly RtpDescription[];
  /** The endpoint can do data channels. */
  sctp: boolean;
  /** The endpoint learns of SSRCs from the bridge, not from Jingle. */
  ssrcRewriting: boolean;
  /** With that: packets on SSRCs of the bridge's carry a MID. Default false. */
  midDemux?: boolean;
  /** It only watches: its media and its messages to others are not relayed. Default false. */
  isVisitor?: boolean;
}

export interface BridgeEndpoint {
  readonly id: string;
  /** The bridge has forgotten it. A request about it changes nothing then, and is answered with `unknown_endpoint`. */
  readonly isExpired: boolean;
  /** Our side: candidates, credentials, fingerprint, and the channels that this bridge has. */
  readonly transport: IceTransport;
  /** The other side's transport, from its answer or from trickle. */
  setRemoteTransport(transport: IceTransport): void;
  /** All sources that the endpoint sends, each time the complete set. */
  setSources(sources: SourceSet): void;
  /** Drops what it sends of a kind, without a word (colibri2 `force-mute`). */
  setForceMuted(mediaType: MediaType, isMuted: boolean): void;
  /** How many videos to forward until the endpoint says so itself. */
  setInitialLastN(lastN: number): void;
  /** New credentials beside the old ones; undefined when there was no ICE connection yet, the old ones then hold. */
  restartIce(): Promise<IceTransport | undefined>;
  expire(): void;
}
