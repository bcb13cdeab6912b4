/**
 * A transport to the bridge without SDP: ICE, DTLS, SRTP and SCTP on one bundle. Jitsi needs no renegotiation on it: the offer tells the
 * bridge's parameters once, and ours go into the session-accept. Engines implement this port; the sandbox's bridge is the other
 * end of it.
 */
import type { Milliseconds } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { IceCandidate, IceTransport } from '../jingle/model.ts';
import type { IceServer } from '../jitsi/ice-servers.ts';
import type { TlsTrust } from '../net/tls-trust.ts';
import type { DataChannel, DataChannelOptions } from './data-channel.ts';
import type { RtpLink, RtpLinkHandlers, RtpLinkOptions } from './rtp/rtp-link.ts';
import type { SelectedCandidatePair } from './selected-candidate-pair.ts';

export type PeerTransportState =
  /** made, the other side's parameters are not known */
  | 'new'
  /** ICE checks or the DTLS handshake are under way */
  | 'connecting'
  | 'connected'
  /** the other side does not answer consent checks (RFC 7675) any more, and may do so again */
  | 'disconnected'
  /** given up, by ICE or by DTLS */
  | 'failed'
  | 'closed';

/** One direction of the way of datagrams, where it is not simply the network. */
export interface OneWay {
  /** Nothing is wrong with it, and nothing waits: datagrams need not {@link pass}. */
  readonly isClear: boolean;
  /** Delivers a datagram of so many bytes, sooner or later, or never. */
  pass(bytes: number, deliver: () => void): void;
}

export interface DatagramPath {
  incoming: OneWay;
  outgoing: OneWay;
  /** For each socket a way of its own. */
  branch?(): DatagramPath;
}

/** W3C RTCIceTransportPolicy */
export type IceTransportPolicy = 'all' | 'relay';

export type LoopbackAddress = '127.0.0.1' | '::1';

export interface PeerTransportOptions {
  /**
   * `participant`: ICE controlled, DTLS client, SCTP client. `bridge`: ICE controlling, DTLS server, and it waits for the
   * other's SCTP association and data channel (jitsi-videobridge `IceTransport.kt`, `DtlsTransport.kt`, `Endpoint.kt`).
   */
  end: 'participant' | 'bridge';
  /** STUN and TURN servers to gather candidates from. Default none. */
  iceServers?: readonly IceServer[];
  /** `relay`: candidates of TURN servers only, so the other side never learns our address. Default `all`. */
  iceTransportPolicy?: IceTransportPolicy;
  /** Which certificates of TURN servers are taken. Default: those that the system trusts. */
  tls?: TlsTrust;
  /** The other side is on this machine: candidates on these addresses too. Default none. */
  loopback?: readonly LoopbackAddress[];
  /** The one address of this machine that is used. Default: all of them. */
  hostAddress?: string;
  /** DTLS identity. Default: one that the engine makes, once a process. */
  certificate?: { certificatePem: string; privateKeyPem: string };
  /** SCTP port of both ends. Without it there are no data channels. */
  sctpPort?: number;
  /** What happens to UDP datagrams on their way; only werift has it. Default: the network. */
  path?: DatagramPath;
  logger: Logger;
}

/** Called from outside the engine's calls, never within `create`, `connect` and their like. */
export interface PeerTransportHandlers {
  /**
   * @param reason in words, for `disconnected` and `failed`. `connected` may come again: by another way, after an ICE restart
   * @param isUntrusted it has failed because the other side did not prove to be the one whose fingerprint was signalled
   */
  stateChanged(state: PeerTransportState, reason?: string, isUntrusted?: boolean): void;
  /** A candidate that `local` did not have when the transport was made. It is in `local` from now on, and to be trickled. */
  candidate(candidate: IceCandidate): void;
  /**
   * After `failed`, where that was for want of answers: the other side can be reached again. This transport stays failed, a new one is worth
   * a try. Called once at most, before `close`; with this handler a failed transport has to be closed. Only werift looks for it.
   */
  answered?(): void;
  /** The other side has opened a data channel; only at a bridge's end. */
  dataChannel?(channel: DataChannel): void;
}

export interface PacketHandlers extends PeerTransportHandlers {
  /** An RTP packet, decrypted, unless an RTP session takes it; whoever is called may keep it. @param late ms ago it arrived, as far as can be known */
  rtp?(packet: Uint8Array, late: Milliseconds): void;
  /** A compound RTCP packet, decrypted; whoever is called may keep it. */
  rtcp?(compound: Uint8Array): void;
}

export interface PeerTransport {
  /** Our side: credentials, fingerprint with `setup`, the candidates found so far. */
  readonly local: IceTransport;
  readonly state: PeerTransportState;
  /** It has failed for want of answers, and looks for the other side: `answered` may be called. */
  readonly isLooking: boolean;
  /** The pair of addresses in use; undefined while there is none. */
  readonly selectedCandidatePair: SelectedCandidatePair | undefined;
  /**
   * Before {@link connect}: asks the other side whether it can be reached, which it need not know us for. Resolves when it answers, after
   * `patience` ms, or when the transport is closed; at once where the engine cannot look (only werift can).
   * @throws MediaError as {@link connect}
   */
  look(remote: IceTransport, patience: Milliseconds): Promise<void>;
  /**
   * Connects to the other side. Called again it takes in candidates that are new.
   * @throws MediaError `remote-transport` when credentials or a fingerprint are missing
   */
  connect(remote: IceTransport): void;
  /** It is connected, or was and may be again, and its engine can restart ICE in place: only werift can. */
  readonly canRestartIce: boolean;
  /**
   * Makes our side of an ICE restart, with new credentials and candidates, beside the connection that goes on; resolves when its host
   * candidates are known, with undefined where there {@link canRestartIce | can be none}.
   */
  prepareIceRestart(): Promise<IceTransport | undefined>;
  /**
   * The other side's words for the restart that was prepared last. When it has found a way, that is used, and `stateChanged` says `connected`
   * once more; when it has not within 20 s, all stays as it is. DTLS and what is above it never notice.
   * @throws MediaError as {@link connect}
   */
  restartIce(remote: IceTransport): void;
  /**
   * Opens a data channel, now or once the transport is connected.
   * @throws MediaError `no-data-channel` without an SCTP port, or at a bridge's end
   */
  openDataChannel(options: DataChannelOptions): DataChannel;
  /** An RTP session on it: the one that gets all packets from now on. What is sent while it is not connected is lost. */
  openRtp(options: RtpLinkOptions, handlers: RtpLinkHandlers): RtpLink;
  /** Ends everything; resolves when no socket and no timer is left. May be called again. No handler is called any more. */
  close(): Promise<void>;
}

/** A transport whose owner has the packets in hand. */
export interface PacketTransport extends PeerTransport {
  /** Datagrams that have arrived, whatever is in them: while the other side lives, this grows at least every 15 s. */
  readonly packetsReceived: number;
  /**
   * Sends an RTP packet; while the transport is not connected, or the other side takes no SRTP, it is lost.
   * @param header as it goes out, with its extensions
   * @param payload with its padding, if the header says that it has any
   */
  sendRtp(header: Uint8Array, payload: Uint8Array): void;
  /** Sends a compound RTCP packet, or loses it as {@link sendRtp} does. */
  sendRtcp(compound: Uint8Array): void;
}

/** Something that makes transports. */
export interface PeerTransportEngine {
  readonly name: 'werift' | 'node-datachannel';
  /**
   * Resolves when credentials, fingerprint and the host candidates are known.
   * @throws MediaError `no-relay` when only relays are allowed and there is no TURN server to ask
   */
  create(options: PeerTransportOptions, handlers: PeerTransportHandlers): Promise<PeerTransport>;
}

export interface PacketEngine extends PeerTransportEngine {
  create(options: PeerTransportOptions, handlers: PacketHandlers): Promise<PacketTransport>;
}
