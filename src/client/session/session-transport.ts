/**
 * A media session on a transport of our own: accepted without SDP, connected, kept up to date, closed with the session. The bridge
 * finds us by our checks; candidates that are found later than the accept was sent are told it nevertheless (behind a relay it
 * hears of us no other way).
 */
import { defined } from '../../base/defined.ts';
import { MediaError, TimeoutError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { withResolvers } from '../../base/resolvers.ts';
import type { IceCandidate, IceTransport } from '../../jingle/model.ts';
import { buildTransportAccept } from '../../jingle/transport-accept.ts';
import { bridgeDataChannel } from '../../rtc/bridge-data-channel.ts';
import type { DataChannel } from '../../rtc/data-channel.ts';
import type {
  IceTransportPolicy,
  LoopbackAddress,
  PeerTransport,
  PeerTransportEngine,
  PeerTransportState,
} from '../../rtc/peer-transport.ts';
import type { SelectedCandidatePair } from '../../rtc/selected-candidate-pair.ts';
import type { TlsTrust } from '../../net/tls-trust.ts';
import type { CarriedMedia, CarriedSession, OpenMedia } from './carried-session.ts';

export interface TransportHistory {
  /** A transport of this conference was connected once: this way is possible. */
  hasConnected: boolean;
}

export interface SessionTransportOptions {
  engine: PeerTransportEngine;
  logger: Logger;
  iceTransportPolicy: IceTransportPolicy;
  tls: TlsTrust;
  /** ms for ICE and DTLS. Default 30 000: what the bridge allows its DTLS handshake. */
  timeout?: number;
  /** ms; for so long the bridge is looked for before the accept. Default 0 */
  patience?: number;
  schedule(delay: number, run: () => void): () => void;
  openMedia: OpenMedia;
  /** ICE and DTLS are through. */
  connected(pair: SelectedCandidatePair): void;
  /** The transport came up and broke; `connect` has resolved before. */
  failed(reason: string): void;
  /** The bridge does not answer any more, and may again. */
  disturbed(): void;
  /** After a failure: the bridge answers again. */
  found(): void;
  history: TransportHistory;
}

const connectTimeout = 30_000;

export class SessionTransport {
  readonly #session: CarriedSession;
  readonly #options: SessionTransportOptions;
  readonly #transport: PeerTransport;
  readonly #connected = withResolvers();
  #cancelTimer: () => void = () => {};
  #media: CarriedMedia | undefined;
  #isConnecting = false;
  #isAccepted = false;
  /** Candidates that came while the accept was under way. */
  #late: IceCandidate[] = [];
  #wasConnected = false;
  #distrusted: MediaError | undefined;
  #isClosed = false;
  #toldPair = '';
  /** Of the bridge's ICE credentials. */
  #generation = 0;

  /** Makes the transport; nothing is sent yet. */
  static async create(session: CarriedSession, options: SessionTransportOptions): Promise<SessionTransport> {
    const remote = bridgeTransport(session);
    let created: SessionTransport | undefined;
    const transport = await options.engine.create(
      defined({
        end: 'participant' as const,
        iceServers: session.iceServers,
        loopback: loopbackFor(remote),
        sctpPort: session.sctpPort,
        iceTransportPolicy: options.iceTransportPolicy,
        tls: options.tls,
        logger: options.logger,
      }),
      {
        // Engines tell of nothing before the transport is made.
        stateChanged(state, reason, isUntrusted) {
          if (created) created.#stateChanged(state, reason, isUntrusted);
        },
        candidate(candidate) {
          if (created) created.#candidateFound(candidate);
        },
        answered: () => options.found(),
      },
    );
    created = new SessionTransport(session, options, transport);
    return created;
  }

  private constructor(session: CarriedSession, options: SessionTransportOptions, transport: PeerTransport) {
    this.#session = session;
    this.#options = options;
    this.#transport = transport;
    // Whoever does not wait for the connection hears of its failure by the session.
    this.#connected.promise.catch(() => {});
  }

  get state(): PeerTransportState {
    return this.#transport.state;
  }

  get selectedCandidatePair(): SelectedCandidatePair | undefined {
    return this.#transport.selectedCandidatePair;
  }

  get canRestartIce(): boolean {
    return this.#transport.canRestartIce;
  }

  get isLooking(): boolean {
    return this.#transport.isLooking;
  }

  /**
   * Accepts the session and connects; resolves when ICE and DTLS are through. A bridge has 5 s of patience from the accept on, but answers
   * checks before it (ice4j `ConnectivityCheckServer`): an accept is worth more once it has.
   */
  async connect(): Promise<void> {
    const { patience = 0, timeout = connectTimeout } = this.#options;
    if (patience > 0) {
      await this.#transport.look(bridgeTransport(this.#session), patience);
      if (this.#isClosed) return this.#connected.promise;
    }
    this.#cancelTimer = this.#options.schedule(timeout, () => this.#timeIsOver(timeout));
    const remote = bridgeTransport(this.#session);
    this.#isConnecting = true;
    const { local } = this.#transport;
    this.#late = [];
    this.#media = this.#options.openMedia(this.#session, this.#transport);
    const accept = defined({ transport: local, sources: this.#media?.sources });
    // The bridge may begin with its checks before the focus answers.
    this.#transport.connect(remote);
    await this.#session.accept(buildTransportAccept(this.#session.offer, accept)).catch((error: unknown) => {
      // It has failed because of that.
      throw this.#distrusted ?? error;
    });
    this.#isAccepted = true;
    const late = this.#late.splice(0);
    if (late.length > 0) this.#trickle(late);
    await this.#connected.promise;
  }

  /** More candidates of the bridge, or new credentials: then ICE is restarted in place. */
  remoteChanged(): void {
    if (!this.#isConnecting || this.#isClosed) return;
    const remote = bridgeTransport(this.#session);
    const { iceGeneration = 0 } = remote;
    if (iceGeneration <= this.#generation) return this.#transport.connect(remote);
    this.#generation = iceGeneration;
    this.#restartIce(remote, iceGeneration).catch((error: unknown) => {
      this.#options.logger.log('warn', 'restarting ICE', { error });
    });
  }

  /** The bridge knows by the generation which of its agents our answer is for (jitsi-videobridge `IceTransport.kt`). */
  async #restartIce(remote: IceTransport, iceGeneration: number): Promise<void> {
    const local = await this.#transport.prepareIceRestart();
    if (!local || this.#isClosed || this.#generation !== iceGeneration) return;
    this.#transport.restartIce(remote);
    await this.#session.trickle({ ...local, iceGeneration });
  }

  openDataChannel(): DataChannel {
    return this.#transport.openDataChannel(bridgeDataChannel);
  }

  /** Resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#connected.reject(
      new MediaError('connecting to the bridge: the session ended first', { code: 'session-ended' }),
    );
    await this.#transport.close();
  }

  #stateChanged(state: PeerTransportState, reason = 'no reason given', isUntrusted = false): void {
    this.#options.logger.log('debug', 'transport', { sid: this.#session.sid, state, reason });
    this.#media?.transportChanged();
    if (state === 'connected') {
      this.#tellOfPair();
      this.#wasConnected = true;
      this.#options.history.hasConnected = true;
      this.#cancelTimer();
      this.#connected.resolve();
    }
    if (state === 'disconnected') this.#options.disturbed();
    if (state !== 'failed' || this.#isClosed) return;
    if (isUntrusted) return this.#distrust(reason);
    const words = `connecting to the bridge: ${reason}; ${this.#hint()}`;
    this.#connected.reject(new MediaError(words, { code: 'transport-failed', retryable: true }));
    if (this.#wasConnected) this.#options.failed(reason);
  }

  /** Whoever is there instead of the bridge gets no media of ours, and none is taken from them. */
  #distrust(reason: string): void {
    const words = `connecting to the bridge: ${reason}; somebody may be on the way to it, so the session is ended`;
    this.#distrusted = new MediaError(words, { code: 'fingerprint-mismatch' });
    this.#connected.reject(this.#distrusted);
    this.#session.terminate({ condition: 'security-error', text: reason });
  }

  /** After an ICE restart it is another. */
  #tellOfPair(): void {
    const pair = this.#transport.selectedCandidatePair;
    const text = JSON.stringify(pair);
    if (!pair || text === this.#toldPair) return;
    this.#toldPair = text;
    this.#options.connected(pair);
  }

  #timeIsOver(timeout: number): void {
    this.#connected.reject(
      new TimeoutError(
        `connecting to the bridge: ICE or DTLS did not succeed within ${timeout / 1000} s; ${this.#hint()}`,
        { code: 'transport-timeout', retryable: true },
      ),
    );
  }

  #hint(): string {
    const addresses = addressesOf(this.#session);
    return this.#options.history.hasConnected
      ? `UDP was possible before, so the network or the bridge (${addresses}) may be down`
      : `is UDP to ${addresses} possible from here? a TURN server would be needed otherwise`;
  }

  #candidateFound(candidate: IceCandidate): void {
    if (this.#isAccepted) this.#trickle([candidate]);
    else this.#late.push(candidate);
  }

  #trickle(candidates: readonly IceCandidate[]): void {
    this.#session.trickle({ ...this.#transport.local, candidates }).catch((error: unknown) => {
      this.#options.logger.log('debug', 'telling the bridge of candidates', { error });
    });
  }
}

/** @throws MediaError `offer-without-transport` */
function bridgeTransport(session: CarriedSession): IceTransport {
  const { transport } = session;
  if (transport) return transport;
  throw new MediaError(
    `session ${session.sid}: the offer has no transport, so there is nothing to connect to`,
    {
      code: 'offer-without-transport',
    },
  );
}

function addressesOf({ transport }: CarriedSession): string {
  const addresses = transport?.candidates.map(({ ip, port }) => `${ip}:${port}`) ?? [];
  return addresses.length === 0 ? 'the bridge' : addresses.join(', ');
}

/** Those of our own addresses that reach a bridge on this machine. */
function loopbackFor({ candidates }: IceTransport): LoopbackAddress[] {
  const ours = candidates.flatMap(({ ip }): LoopbackAddress[] =>
    ip.startsWith('127.') ? ['127.0.0.1'] : ip === '::1' ? ['::1'] : [],
  );
  return [...new Set(ours)];
}
