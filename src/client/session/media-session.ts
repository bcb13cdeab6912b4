/**
 * A media session that the focus offers: what is in the offer, how it is accepted (with a transport of our own, with the caller's
 * peer connection, or by hand) and the bridge channel on it. A command that fails rejects with a MediaError (`session-ended` once the
 * session is over, `session-gone` when the focus says so), a UsageError when it does not fit, or the connection's error. Its `signal` gives
 * up waiting, and what was asked goes on.
 */
import { defined } from '../../base/defined.ts';
import type { JitsiError } from '../../base/errors.ts';
import { waitForWork } from '../../base/wait-for.ts';
import type { OfferedSession } from '../../conference/sessions/offered-session.ts';
import type {
  IceTransport,
  JingleMessage,
  JingleReason,
  Source,
  SourceSet,
  SsrcGroup,
} from '../../jingle/model.ts';
import type { SessionCommand, SessionEnd, SessionState } from '../../jingle/session-io.ts';
import type { IceServer } from '../../jitsi/ice-servers.ts';
import type { SourceState } from '../../jitsi/source-info.ts';
import type { ChannelRoute } from '../../rtc/channel-link.ts';
import { Negotiator, type NegotiatorOptions } from '../../rtc/negotiator/negotiator.ts';
import type { PeerTransportState } from '../../rtc/peer-transport.ts';
import type { SelectedCandidatePair } from '../../rtc/selected-candidate-pair.ts';
import type { W3cPeerConnection } from '../../rtc/w3c-peer-connection.ts';
import type { SourceChange } from '../../sdp/local-sources.ts';
import { buildOfferSdp } from '../../sdp/offer.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { checkArgument, checkOptions, signalKinds } from '../check-arguments.ts';
import type { BridgeChoice } from '../join-options.ts';
import {
  connectKinds,
  iceTransport,
  jingleReason,
  negotiatorKinds,
  openKinds,
  peerConnection,
  sourceSet,
} from './session-kinds.ts';
import type { VideoRequest } from './video-request.ts';
import { type CarrierPorts, type ConnectOptions, SessionCarrier } from './session-carrier.ts';
import { type OpenBridgeOptions, openSessionBridge, type SessionBridgePorts } from './session-bridge.ts';

export interface MediaSessionPorts extends CarrierPorts, SessionBridgePorts {
  endpointId(): string;
  iceServers(): readonly IceServer[];
  /** The bridge that the conference keeps over all sessions, where it does. */
  kept: Bridge | undefined;
  /** Noted for this session and those that follow. */
  requestVideo(request: VideoRequest | number): void;
  /** Tells the room of all our sources. */
  present(sources: readonly SourceState[]): void;
  /** Sources of others have come or gone. The returned function ends the subscription. */
  onSources(listener: (change: SourceChange) => void): () => void;
  warn(error: JitsiError): void;
  /** Resolves when the focus has acknowledged it. */
  command(command: SessionCommand): Promise<void>;
}

/** Of a command: how long somebody waits for it. */
interface Waiting {
  signal?: AbortSignal;
}

export class MediaSession {
  readonly #session: OfferedSession;
  readonly #ports: MediaSessionPorts;
  readonly #carrier: SessionCarrier;
  #opened: { bridge: Bridge; choice: BridgeChoice } | undefined;

  /** Made by the conference, not by users. */
  constructor(session: OfferedSession, ports: MediaSessionPorts) {
    this.#session = session;
    this.#ports = ports;
    this.#carrier = new SessionCarrier(this, ports);
  }

  /** Jingle session id. */
  get sid(): string {
    return this.#session.sid;
  }

  /** The focus' own address, as it wrote it into the offer. */
  get initiator(): string {
    return this.#session.offer.initiator ?? this.#session.peer;
  }

  /** The offer as it came, without XML. */
  get offer(): JingleMessage {
    return this.#session.offer;
  }

  /** `offered`, `accepting` (the focus was not heard yet), `active` or `ended`. */
  get state(): SessionState['name'] {
    return this.#session.state.name;
  }

  /** How it ended, once it has. */
  get end(): SessionEnd | undefined {
    const { state } = this.#session;
    return state.name === 'ended' ? state.end : undefined;
  }

  /** The offer as Unified Plan SDP, with the sources and the transport that are known now. */
  get sdp(): string {
    return buildOfferSdp(this.#currentOffer(), { semantics: 'unified' });
  }

  /** STUN and TURN servers of the deployment, as a peer connection wants them. */
  get iceServers(): readonly IceServer[] {
    return this.#ports.iceServers();
  }

  /** ICE and DTLS parameters of the bridge, as they are now; all contents share them. */
  get transport(): IceTransport | undefined {
    return this.#session.transport;
  }

  /** URL of the bridge's WebSocket channel, if it has one. It holds a password. */
  get colibriWs(): string | undefined {
    return this.transport?.webSocketUrls[0];
  }

  /** SCTP port of the bridge's data channel, if it offers one. */
  get sctpPort(): number | undefined {
    return this.#session.offer.contents.find(({ transport }) => transport?.sctp)?.transport?.sctp?.port;
  }

  /** RTP sources of all participants and of the bridge itself (owner `jvb`), as they are now. */
  get sources(): readonly Source[] {
    return this.#session.sources.all().sources;
  }

  get ssrcGroups(): readonly SsrcGroup[] {
    return this.#session.sources.all().groups;
  }

  /** The transport that {@link connect} made can follow a {@link restartIce}. */
  get canRestartIce(): boolean {
    return this.#carrier.canRestartIce;
  }

  /** The transport that {@link connect} made has failed, and looks whether the bridge can be reached again. */
  get isLooking(): boolean {
    return this.#carrier.isLooking;
  }

  /** The transport that {@link connect} made; undefined before. */
  get transportState(): PeerTransportState | undefined {
    return this.#carrier.transportState;
  }

  /**
   * The addresses that the transport of {@link connect} sends between, and by which kind of way (`local.type`: `host`, `srflx` or `prflx`
   * directly, `relay` by a TURN server, `relayProtocol` how that is spoken to); undefined while it is not connected.
   */
  get selectedCandidatePair(): SelectedCandidatePair | undefined {
    return this.#carrier.selectedCandidatePair;
  }

  /**
   * Accepts the session with a transport of our own, and connects it; resolves when ICE and DTLS are through. It is kept alive and
   * closed with the session. When it breaks later, there is `transportFailed` on the conference, and {@link restart} to be called.
   * @param options.timeout ms for ICE and DTLS, default 30 000
   * @param options.patience ms, default 0: as long as the bridge does not answer checks, the accept is put off for so long, as is good after a
   *   failure (a bridge gives up 5 s after the accept)
   * @param options.made called when the transport is there, before the accept is sent; a promise of it is waited for
   * @param options.disturbed called when the bridge does not answer any more, and may again: {@link restartIce} may help
   * @param options.found called when the connection has failed and the bridge answers again: a {@link restart} is worth it now
   * @throws MediaError `transport-failed`, `fingerprint-mismatch` (the session is over), `no-relay`, `offer-without-transport`, `engine-missing`; TimeoutError `transport-timeout`; UsageError
   *   `session-state` when the session has a transport; as {@link accept}
   */
  async connect(options: ConnectOptions & Waiting = {}): Promise<void> {
    checkOptions('connecting', connectKinds, options);
    options.signal?.throwIfAborted();
    return waitForWork(this.#carrier.connect(options), options.signal);
  }

  /**
   * Accepts the session with a peer connection that you made (W3C's, of a browser or of a package for Node), and keeps it up to date, as
   * often as there are offers: a new session wants a new one.
   * @param options.semantics `unified`, the default: an m-line for each track. `plan-b`: all tracks of a kind in one m-line, for peer
   *   connections that know it; others fail in `accept` with a PlanBError, and the session can still be accepted with another one
   * @param options.protocols only the bridge's candidates of these (`udp`, `tcp`, `ssltcp`). Default: all
   * @throws UsageError `argument-invalid`
   */
  negotiator(pc: W3cPeerConnection, options: NegotiatorOptions = {}): Negotiator {
    checkArgument('negotiating', 'pc', peerConnection, pc);
    checkOptions('negotiating', negotiatorKinds, options);
    const { endpointId, onEnded, onRemoteTransport, onSources, present, warn } = this.#ports;
    return new Negotiator(
      pc,
      {
        sid: this.sid,
        endpointId: endpointId(),
        currentOffer: () => this.#currentOffer(),
        accept: (message) => this.accept(message),
        addSources: (sources) => this.addSources(sources),
        removeSources: (sources) => this.removeSources(sources),
        trickle: (transport) => this.trickle(transport),
        restartIce: () => this.restartIce(),
        terminate: (reason) => this.terminate(reason),
        present,
        onSources,
        onRemoteTransport,
        onEnded,
        warn,
      },
      options,
    );
  }

  /**
   * Makes the data channel for bridge messages on your peer connection, which has to be in the answer; {@link openBridge} then uses
   * it where the bridge has no WebSocket.
   * @throws UsageError `session-state` once the session is accepted, `argument-invalid`
   */
  prepareBridge(pc: W3cPeerConnection): void {
    checkArgument('preparing the bridge channel', 'pc', peerConnection, pc);
    this.#carrier.prepare(pc);
  }

  /**
   * Opens the channel for bridge messages. It needs no media over a WebSocket, but the bridge forgets an endpoint whose ICE is silent
   * for a minute or two: {@link connect}, or let a {@link negotiator} accept. It ends with the session. Called again it gives the same one.
   * @param options.bridge which channel; default that of the join
   * @param options.timeout ms; without it, as long as the session lasts
   * @throws MediaError `no-bridge-channel`; ConnectionError `bridge-closed`; TimeoutError `bridge-not-open`; or the signal's reason
   */
  async openBridge(options: OpenBridgeOptions = {}): Promise<Bridge> {
    checkOptions('opening the bridge channel', openKinds, options);
    const choice = options.bridge ?? this.#ports.choice;
    const opened = this.#opened;
    const { signal, timeout } = options;
    if (opened?.choice === choice && opened.bridge.state !== 'closed') {
      await opened.bridge.opened(defined({ signal, timeout }));
      return opened.bridge;
    }
    const makeBridge = (): Bridge => {
      const bridge = this.#ports.makeBridge();
      this.#opened = { bridge, choice };
      return bridge;
    };
    return openSessionBridge(this, options, { ...this.#ports, makeBridge });
  }

  /**
   * Asks for video, which no bridge sends before; resolves when the bridge has been told. Opens its channel if need be, by
   * {@link openBridge}. The sessions that follow are told too.
   * @param request pixels for every source (0: none, -1: no limit), or more
   * @throws UsageError `bridge-message-invalid`; as {@link openBridge}
   */
  async requestVideo(
    request: VideoRequest | number,
    options: Omit<OpenBridgeOptions, 'bridge'> = {},
  ): Promise<void> {
    const { signal, timeout } = options;
    this.#ports.requestVideo(request);
    const bridge = this.#ports.kept ?? this.#opened?.bridge;
    if (bridge && bridge.state !== 'closed') await bridge.opened(defined({ signal, timeout }));
    else await this.openBridge(options);
  }

  /** The ways to the bridge, best first. @throws MediaError `no-bridge-channel` */
  bridgeRoutes(choice: BridgeChoice): ChannelRoute[] {
    return this.#carrier.routes(choice);
  }

  /**
   * Accepts the offer; resolves when the focus has taken it. A session is accepted once.
   * @param accept a session-accept for this offer: our transport with ufrag, pwd and a fingerprint whose setup is active or
   *   passive, and our sources, if any
   * @throws UsageError `accept-invalid`, `source-group-unknown`, `session-state`; MediaError `answer-incomplete`,
   *   `accept-refused` (in the focus' words; the session is over) or `accept-timeout` (call {@link restart})
   */
  accept(accept: JingleMessage, options: Waiting = {}): Promise<void> {
    return this.#command('accepting the session', { type: 'accept', message: accept }, options);
  }

  /**
   * Tells everybody of more sources of ours; resolves when the focus has taken them. Changes wait until the accept is
   * acknowledged, and are sent one after the other.
   * @throws UsageError `argument-invalid`, `source-group-unknown`; MediaError `sources-refused` (nothing was changed) or `sources-timeout`
   */
  async addSources(sources: SourceSet, options: Waiting = {}): Promise<void> {
    const tried = 'announcing sources';
    checkArgument(tried, 'what is announced', sourceSet, sources);
    return this.#command(tried, { type: 'add-sources', sources }, options);
  }

  /**
   * Takes sources back; they are matched by SSRC.
   * @throws as {@link addSources}
   */
  async removeSources(sources: SourceSet, options: Waiting = {}): Promise<void> {
    const tried = 'taking sources back';
    checkArgument(tried, 'what is taken', sourceSet, sources);
    return this.#command(tried, { type: 'remove-sources', sources }, options);
  }

  /**
   * Tells the bridge of candidates found after the accept or, with `iceGeneration`, of our new credentials in an ICE restart.
   * @throws UsageError `argument-invalid`, `session-state` before the accept; MediaError `trickle-refused` or `trickle-timeout`
   */
  async trickle(transport: IceTransport, options: Waiting = {}): Promise<void> {
    const tried = 'telling of candidates';
    checkArgument(tried, 'the transport', iceTransport, transport);
    return this.#command(tried, { type: 'trickle', transport }, options);
  }

  /**
   * Asks for new ICE credentials of the bridge while media goes on; resolves when they are in {@link transport}. A transport that
   * {@link connect} made follows by itself, if it {@link canRestartIce}; with another, ours of the same generation must follow by {@link trickle}.
   * @throws UsageError `session-state`; RestartLimitError `restart-limited`; MediaError `restart-unsupported`,
   *   `ice-restart-refused` or `ice-restart-timeout` (call {@link restart})
   */
  restartIce(options: Waiting = {}): Promise<void> {
    return this.#command('restarting ICE', { type: 'restart-ice' }, options);
  }

  /**
   * Gives this session up for a new one, as when ICE failed: it ends at once, and the new one is offered soon. Resolves when
   * the focus has agreed. At most every 5 s and 4 times a minute, whatever the session.
   * @throws RestartLimitError `restart-limited` (nothing was sent, the session goes on); MediaError `restart-unsupported`,
   *   `restart-refused` (no offer comes: leave and join again) or `restart-timeout`
   */
  restart(options: Waiting = {}): Promise<void> {
    return this.#command('restarting the session', { type: 'restart' }, options);
  }

  /**
   * Ends the session at once; the participant stays in the room, and is offered no other until it joins again.
   * @param reason default `success`
   * @throws UsageError `argument-invalid`
   */
  terminate(reason: JingleReason = { condition: 'success' }): void {
    checkArgument('ending the session', 'the reason', jingleReason, reason);
    // Whether the focus agrees changes nothing for us.
    this.#ports.command({ type: 'terminate', reason }).catch(() => {});
  }

  async #command(tried: string, command: SessionCommand, options: Waiting): Promise<void> {
    checkOptions(tried, signalKinds, options);
    // What is given up before it was begun asks for nothing.
    options.signal?.throwIfAborted();
    return waitForWork(this.#ports.command(command), options.signal);
  }

  /** The offer, with the sources and the transport that are known now. */
  #currentOffer(): JingleMessage {
    const { offer, sources, transport } = this.#session;
    const contents = offer.contents.map((content) =>
      content.transport && transport
        ? { ...content, transport: defined({ ...transport, sctp: content.transport.sctp }) }
        : content,
    );
    return { ...offer, contents, sources: sources.all() };
  }
}
