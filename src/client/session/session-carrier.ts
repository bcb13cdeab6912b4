/**
 * How one session reaches the bridge: over a transport of our own or a peer connection of the caller's, and from there to the channel
 * for bridge messages. Everything here ends with the session.
 */
import { ConnectionError, MediaError, UsageError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { BridgeChannelPreference } from '../../jitsi/deployment.ts';
import { hideInError } from '../../jitsi/redact/carriers.ts';
import type { Secrets } from '../../jitsi/redact/secrets.ts';
import type { NetworkAccess } from '../../net/access.ts';
import { bridgeDataChannel } from '../../rtc/bridge-data-channel.ts';
import type { ChannelRoute } from '../../rtc/channel-link.ts';
import type { DataChannel } from '../../rtc/data-channel.ts';
import { dataChannelRoute } from '../../rtc/data-channel-link.ts';
import type { PeerTransportEngine, PeerTransportState } from '../../rtc/peer-transport.ts';
import { fromW3cDataChannel } from '../../rtc/w3c-data-channel.ts';
import type { SelectedCandidatePair } from '../../rtc/selected-candidate-pair.ts';
import type { W3cPeerConnection } from '../../rtc/w3c-peer-connection.ts';
import { webSocketRoute } from '../../rtc/web-socket-link.ts';
import type { CarriedSession, OpenMedia, SessionNews } from './carried-session.ts';
import type { BridgeChoice, CarrierOptions } from '../join-options.ts';
import { SessionTransport, type TransportHistory } from './session-transport.ts';

export interface ConnectOptions {
  timeout?: number;
  patience?: number;
  made?: () => unknown;
  found?: () => void;
  disturbed?: () => void;
}

export interface CarrierPorts extends SessionNews {
  schedule(delay: number, run: () => void): () => void;
  logger: Logger;
  access: NetworkAccess;
  /** What neither errors nor reasons show. */
  secrets: Secrets;
  carrier: Pick<CarrierOptions, 'iceTransportPolicy'>;
  /** The deployment was reached without TLS: its bridge may be too. */
  isPlain(): boolean;
  /** Undefined: config.js was never read. */
  channelPreference(): BridgeChannelPreference | undefined;
  loadEngine(): Promise<PeerTransportEngine>;
  openMedia: OpenMedia;
  /** Of all sessions of the conference. */
  history: TransportHistory;
  transportConnected(candidatePair: SelectedCandidatePair): void;
  /** A transport that was connected has failed. */
  transportFailed(error: MediaError): void;
  /** A transport that is being closed: leaving waits for it. */
  closing(work: Promise<void>): void;
}

/** A server may say the secrets that it knows as it closes. */
function discreetRoute(route: ChannelRoute, secrets: Secrets): ChannelRoute {
  return {
    ...route,
    open: (handlers) =>
      route.open({ ...handlers, closed: (end) => handlers.closed(hideInError(end, secrets)) }),
  };
}

export class SessionCarrier {
  readonly #session: CarriedSession;
  readonly #ports: CarrierPorts;
  #transport: SessionTransport | undefined;
  #isConnecting = false;
  #prepared: DataChannel | undefined;
  #offs: (() => void)[] = [];

  constructor(session: CarriedSession, ports: CarrierPorts) {
    this.#session = session;
    this.#ports = ports;
  }

  get transportState(): PeerTransportState | undefined {
    return this.#transport?.state;
  }

  get selectedCandidatePair(): SelectedCandidatePair | undefined {
    return this.#transport?.selectedCandidatePair;
  }

  get canRestartIce(): boolean {
    return this.#transport?.canRestartIce ?? false;
  }

  get isLooking(): boolean {
    return this.#transport?.isLooking ?? false;
  }

  /** Accepts the session with a transport of ours and connects it. Once the promise of `made` is resolved, routes over it can be opened. */
  async connect(options: ConnectOptions): Promise<void> {
    const { timeout, patience = 0, made = () => {}, found = () => {}, disturbed = () => {} } = options;
    const { access, carrier, history, loadEngine, logger, openMedia } = this.#ports;
    const { schedule, transportConnected, transportFailed } = this.#ports;
    this.#checkUnused('connecting');
    this.#isConnecting = true;
    this.#follow();
    const transport = await SessionTransport.create(this.#session, {
      engine: await loadEngine(),
      logger,
      iceTransportPolicy: carrier.iceTransportPolicy,
      tls: access,
      ...(timeout === undefined ? {} : { timeout }),
      patience,
      schedule,
      openMedia,
      history,
      found,
      disturbed,
      connected: transportConnected,
      failed: (reason) => transportFailed(connectionBroke(reason)),
    });
    this.#transport = transport;
    if (!this.#isOver()) await made();
    if (this.#isOver()) {
      await transport.close();
      throw sessionOver('connecting');
    }
    await transport.connect();
  }

  /** @throws UsageError `session-state` */
  prepare(pc: W3cPeerConnection): void {
    this.#checkUnused('preparing the bridge channel');
    if (this.#session.state !== 'offered')
      throw new UsageError(
        'preparing the bridge channel: the session has been accepted already; prepare before you accept',
        { code: 'session-state' },
      );
    this.#prepared = fromW3cDataChannel(pc.createDataChannel(bridgeDataChannel.label, bridgeDataChannel));
    this.#follow();
  }

  /**
   * The ways to the bridge, best first.
   * @throws MediaError `no-bridge-channel`
   */
  routes(choice: BridgeChoice): ChannelRoute[] {
    const { access, secrets } = this.#ports;
    const { preferSctp = false, ignoreDomain } = this.#ports.channelPreference() ?? {};
    const isIgnored = (url: string): boolean => new URL(url).hostname === ignoreDomain;
    const urls = choice === 'sctp' ? [] : this.#webSockets();
    const toRoute = (url: string): ChannelRoute => discreetRoute(webSocketRoute(url, access), secrets);
    const [usual, ignored] = [urls.filter((url) => !isIgnored(url)), urls.filter(isIgnored)];
    const channel = choice === 'ws' ? undefined : this.#dataChannel();
    const sctp = channel ? [dataChannelRoute(channel)] : [];
    const routes = [
      ...(preferSctp ? sctp : []),
      ...usual.map(toRoute),
      ...(preferSctp ? [] : sctp),
      ...ignored.map(toRoute),
    ];
    if (routes.length === 0) throw this.#noChannel(choice);
    return routes;
  }

  #webSockets(): readonly string[] {
    const urls = (this.#session.transport?.webSocketUrls ?? []).filter((url) => URL.canParse(url));
    if (this.#ports.access.insecure || this.#ports.isPlain()) return urls;
    // As a browser would not open it from a page with TLS; the URL has the password in it.
    return urls.filter((url) => url.startsWith('wss:'));
  }

  /** A bridge takes one data channel and no second. */
  #dataChannel(): (() => DataChannel) | undefined {
    if (this.#session.sctpPort === undefined) return undefined;
    const prepared = this.#prepared;
    if (prepared) return () => prepared;
    const transport = this.#transport;
    return transport && (() => transport.openDataChannel());
  }

  #noChannel(choice: BridgeChoice): MediaError {
    const { sctpPort, transport } = this.#session;
    const urls = transport?.webSocketUrls.length ?? 0;
    const has = [
      urls === 0 ? 'no WebSocket' : `${urls} WebSocket URL(s)`,
      sctpPort === undefined ? 'no SCTP' : 'SCTP',
    ].join(' and ');
    const hint =
      sctpPort !== undefined && choice !== 'ws'
        ? 'SCTP needs session.connect(), or session.prepareBridge(pc) before the accept'
        : urls > 0 && choice !== 'sctp'
          ? 'its URL has no TLS, which is taken only where the deployment has none either'
          : 'choose another channel';
    return new MediaError(`opening the bridge channel (${choice}): the offer has ${has}; ${hint}`, {
      code: 'no-bridge-channel',
    });
  }

  /** From now on what the focus says about the session matters here. */
  #follow(): void {
    const { closing, onEnded, onRemoteTransport } = this.#ports;
    this.#offs = [
      onRemoteTransport(() => this.#transport?.remoteChanged()),
      onEnded(() => closing(this.#close())),
    ];
  }

  async #close(): Promise<void> {
    for (const off of this.#offs.splice(0)) off();
    this.#prepared?.close();
    await this.#transport?.close();
  }

  #isOver(): boolean {
    return this.#session.state === 'ended';
  }

  #checkUnused(tried: string): void {
    if (!this.#isConnecting && !this.#prepared) return;
    throw new UsageError(`${tried}: session ${this.#session.sid} has a transport already`, {
      code: 'session-state',
    });
  }
}

export function sessionOver(tried: string): ConnectionError {
  return new ConnectionError(`${tried}: the session ended first`, { code: 'session-ended' });
}

function connectionBroke(reason: string): MediaError {
  return new MediaError(`the connection to the bridge broke: ${reason}`, {
    code: 'transport-failed',
    retryable: true,
  });
}
