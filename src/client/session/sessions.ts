/**
 * The media sessions of a conference as users see them: the one on offer, the next to come, and the bridge that `join` keeps on
 * whichever is there.
 */
import type { Clock } from '../../base/clock.ts';
import { JitsiError, type MediaError, messageOf, TimeoutError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { RandomBytes } from '../../base/random.ts';
import { waitFor } from '../../base/wait-for.ts';
import type { OfferedSession } from '../../conference/sessions/offered-session.ts';
import type { SessionCommand } from '../../jingle/session-io.ts';
import type { Secrets } from '../../jitsi/redact/secrets.ts';
import type { BridgeChannelPreference } from '../../jitsi/deployment.ts';
import type { IceServer } from '../../jitsi/ice-servers.ts';
import type { SourceState } from '../../jitsi/source-info.ts';
import { loadEngine } from '../../rtc/engines.ts';
import type { PeerTransportEngine } from '../../rtc/peer-transport.ts';
import type { SelectedCandidatePair } from '../../rtc/selected-candidate-pair.ts';
import { Bridge } from '../bridge/bridge.ts';
import type { OpenMedia } from './carried-session.ts';
import type { NetworkAccess } from '../../net/access.ts';
import { ConnectionKeeper } from './connection-keeper.ts';
import { checkOptions, waitKinds } from '../check-arguments.ts';
import type { On } from '../event-source.ts';
import { conferenceEnded } from '../failures.ts';
import type { CarrierOptions } from '../join-options.ts';
import type { TransportHistory } from './session-transport.ts';
import type { VideoRequest } from './video-request.ts';
import { MediaSession } from './media-session.ts';
import type { WireEntry } from '../wire.ts';

export interface SessionsPorts {
  on: On;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  wire: ((entry: WireEntry) => void) | undefined;
  access: NetworkAccess;
  secrets: Secrets;
  carrier: CarrierOptions;
  room: string;
  /** How many others are in the room. */
  others(): number;
  /** Their endpoint ids. */
  endpoints(): readonly string[];
  /** The connection to the deployment is lost. */
  isAway(): boolean;
  /** Whether an endpoint id is somebody's in the room, or ours. */
  isHere(endpointId: string): boolean;
  /** The conference was reached without TLS. */
  isPlain(): boolean;
  channelPreference(): BridgeChannelPreference | undefined;
  endpointId(): string;
  iceServers(): readonly IceServer[];
  /** Resolves when the focus has acknowledged it. */
  command(sid: string, command: SessionCommand): Promise<void>;
  transportConnected(session: MediaSession, candidatePair: SelectedCandidatePair): void;
  transportFailed(session: MediaSession, error: MediaError): void;
  /** Tells the room of all our sources. */
  present(sources: readonly SourceState[]): void;
  media: SessionsMedia;
  /** Whoever talks over it wants to know it before it is open. */
  bridgeMade(bridge: Bridge): void;
  warn(error: JitsiError): void;
}

/** The conference's media, as its sessions need it. */
export interface SessionsMedia {
  /** Something was asked of the bridge, so its channel is needed. */
  readonly wantsBridge: boolean;
  open: OpenMedia;
  useBridge(bridge: Bridge): void;
  requestVideo(request: VideoRequest | number): void;
}

const tried = 'waiting for a media session';

export class Sessions {
  /** What `join` keeps; undefined when sessions are the caller's. */
  readonly bridge: Bridge | undefined;
  readonly #ports: SessionsPorts;
  readonly #known = new WeakMap<OfferedSession, MediaSession>();
  /** Transports that are being closed. */
  readonly #closing = new Set<Promise<void>>();
  /** Of the sessions that `join` accepts. */
  #keeper: ConnectionKeeper | undefined;
  #current: MediaSession | undefined;
  /** A session that nobody has asked for with `next` yet. */
  #unclaimed: MediaSession | undefined;
  #isOver = false;
  readonly #history: TransportHistory = { hasConnected: false };

  constructor(ports: SessionsPorts) {
    this.#ports = ports;
    this.bridge = ports.carrier.accepts ? this.#keepConnected() : undefined;
    ports.on('sessionAccepted', () => {
      if (ports.media.wantsBridge) this.openBridge();
    });
    // It takes longer to start than a quick deployment to offer a session; whoever connects hears if it cannot.
    if (ports.carrier.accepts && ports.carrier.media) this.#loadEngine().catch(() => {});
  }

  get current(): MediaSession | undefined {
    return this.#current;
  }

  /** The public object for a session. */
  of(offered: OfferedSession): MediaSession {
    const known = this.#known.get(offered);
    if (known) return known;
    const { carrier, clock, command, logger, media, on, others } = this.#ports;
    const session: MediaSession = new MediaSession(offered, {
      ...this.#ports,
      choice: carrier.bridge,
      isAlone: () => others() === 0,
      loadEngine: () => this.#loadEngine(),
      makeBridge: () => this.#makeBridge(),
      openMedia: (carried, transport) => media.open(carried, transport),
      requestVideo: (request) => media.requestVideo(request),
      kept: this.bridge,
      closing: (work) => {
        const closing = work
          .catch((error: unknown) => logger.log('debug', 'closing a transport', { error: messageOf(error) }))
          .then(() => void this.#closing.delete(closing));
        this.#closing.add(closing);
      },
      schedule: (delay, run) => clock.schedule(delay, run),
      onRemoteTransport: (listener) =>
        on('transportChanged', (changed) => {
          if (changed.session === session) listener(changed.transport);
        }),
      onSources: (listener) => {
        const none = { sources: [], groups: [] };
        const offs = [
          on('sourcesAdded', (change) => {
            if (change.session === session) listener({ added: change.added, removed: none });
          }),
          on('sourcesRemoved', (change) => {
            if (change.session === session) listener({ added: none, removed: change.removed });
          }),
        ];
        return () => offs.forEach((off) => off());
      },
      onEnded: (listener) =>
        on('sessionEnded', (ended) => {
          if (ended.session === session) listener();
        }),
      history: this.#history,
      transportConnected: (pair) => this.#ports.transportConnected(session, pair),
      transportFailed: (error) => this.#ports.transportFailed(session, error),
      command: (sessionCommand) => command(offered.sid, sessionCommand),
    });
    this.#known.set(offered, session);
    return session;
  }

  offered(offered: OfferedSession): MediaSession {
    const session = this.of(offered);
    this.#current = session;
    this.#unclaimed = session;
    return session;
  }

  ended(offered: OfferedSession): MediaSession {
    const session = this.of(offered);
    if (this.#current === session) this.#current = undefined;
    if (this.#unclaimed === session) this.#unclaimed = undefined;
    return session;
  }

  /** Opens the channel of the session that is accepted, where it is the caller's and is not open. */
  openBridge(): void {
    const session = this.#current;
    if (this.bridge || session?.state !== 'active') return;
    session.openBridge().catch((error: unknown) => {
      if (session.state !== 'ended' && error instanceof JitsiError) this.#ports.warn(error);
    });
  }

  /** Addresses of ours have come or gone. */
  networkChanged(): void {
    this.#keeper?.networkChanged();
  }

  /** The conference is over. */
  close(): void {
    this.#isOver = true;
    this.bridge?.close({ reason: 'left' });
  }

  /** Resolves when no transport is left. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  /** @throws TimeoutError `no-session`, ConnectionError `conference-ended`, or the signal's reason */
  async next(options: { signal?: AbortSignal; timeout?: number }): Promise<MediaSession> {
    checkOptions(tried, waitKinds, options);
    const { signal, timeout } = options;
    signal?.throwIfAborted();
    if (this.#isOver) throw conferenceEnded(tried);
    if (this.#unclaimed) return this.#claim(this.#unclaimed);
    const { clock, on } = this.#ports;
    return waitFor<MediaSession>((wait) => {
      wait.after(on('sessionOffered', ({ session }) => wait.resolve(this.#claim(session))));
      wait.after(on('ended', () => wait.reject(conferenceEnded(tried))));
      if (timeout !== undefined)
        wait.after(clock.schedule(timeout, () => wait.reject(this.#noSession(timeout))));
    }, signal);
  }

  #claim(session: MediaSession): MediaSession {
    if (this.#unclaimed === session) this.#unclaimed = undefined;
    return session;
  }

  #loadEngine(): Promise<PeerTransportEngine> {
    const { engine, media, networkThread } = this.#ports.carrier;
    return loadEngine(engine, { media, thread: networkThread });
  }

  #makeBridge(): Bridge {
    const { bridgeMade, carrier, clock, endpoints, isHere, logger, media, random, wire } = this.#ports;
    const bridge = new Bridge({
      endpoints,
      isHere,
      clock,
      random,
      logger,
      wire,
      whenDown: carrier.whenBridgeIsDown,
      queueLimit: carrier.bridgeQueueLimit,
    });
    media.useBridge(bridge);
    bridgeMade(bridge);
    return bridge;
  }

  #keepConnected(): Bridge {
    const { carrier, others } = this.#ports;
    const bridge = this.#makeBridge();
    if (!carrier.media) bridge.sendAudioSubscription({ all: false });
    this.#keeper = new ConnectionKeeper({
      ...this.#ports,
      bridge,
      choice: carrier.bridge,
      isAlone: () => others() === 0,
    });
    this.#keeper.start();
    return bridge;
  }

  #noSession(timeout: number): TimeoutError {
    const { others, room } = this.#ports;
    const why =
      others() === 0
        ? 'we are alone in the room, and the focus offers media when a second participant comes'
        : `the focus offered none, though ${others()} other(s) are in the room; it may have no bridge`;
    return new TimeoutError(
      `waiting for a media session in ${room}: none after ${timeout / 1000} s: ${why}`,
      { code: 'no-session', retryable: true },
    );
  }
}
