/**
 * ICE (RFC 8445) on werift's connection: sockets, checks, consent. What it adds: checks go on until the time is over, because the
 * other side may learn of us later than we of it; a connection that has stopped to answer is noticed before it is given up.
 */
import { randomBytes } from 'node:crypto';
import { CandidatePairState, Connection } from 'werift';
import type { IceCandidate } from '../../jingle/model.ts';
import { parseIceServer } from '../ice-server-url.ts';
import type { PeerTransportOptions } from '../peer-transport.ts';
import { RemoteCandidates } from '../remote-candidates.ts';
import { toWerift } from './candidates.ts';
import { DatagramGate } from './datagram-gate.ts';
import { Gathering } from './gathering.ts';
import { hostAddresses } from './host-addresses.ts';

/** ms between two looks at the checks' results */
const tick = 500;
/** ms for finding a pair of addresses that works */
const checksTimeout = 20_000;
/** ms without an answer to a consent check; werift sends one every 4 to 6 s, and gives up after 30 s (RFC 7675, 5.1) */
const silenceLimit = 12_000;
/** Datagrams that may come while the other side is connected already and we are not. */
const earlyLimit = 32;

export interface IceHandlers {
  candidate(candidate: IceCandidate): void;
  /** Data can be sent and received from now on; also after `disconnected`. */
  connected(): void;
  disconnected(reason: string): void;
  /** The last call. */
  failed(reason: string): void;
  /** What is neither STUN nor from a stranger. */
  data(datagram: Buffer): void;
}

export interface IceOptions
  extends Pick<PeerTransportOptions, 'end' | 'iceServers' | 'hostAddress' | 'loopback' | 'logger'> {
  iceTransportPolicy: 'all' | 'relay';
}

type State = 'new' | 'checking' | 'connected' | 'disconnected' | 'ended';

export class IceAgent {
  readonly #options: IceOptions;
  readonly #handlers: IceHandlers;
  readonly #connection: Connection;
  readonly #gate: DatagramGate;
  readonly #gathering: Gathering;
  readonly #remote = new RemoteCandidates();
  #state: State = 'new';
  #timer: NodeJS.Timeout | undefined;
  #early: Buffer[] = [];
  #startedAt = 0;
  #answers = 0;
  #answeredAt = 0;
  #closing: Promise<void> | undefined;

  constructor(options: IceOptions, handlers: IceHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#connection = new Connection(options.end === 'bridge', {});
    setCredentials(this.#connection);
    this.#gate = new DatagramGate(this.#connection);
    this.#gathering = new Gathering(this.#connection, this.#gate, options.logger);
    this.#connection.onData.subscribe((datagram) => this.#received(datagram));
    this.#connection.stateChanged.subscribe((state) => {
      if (state === 'failed')
        this.#fail('the other side has not answered consent checks for 30 s (RFC 7675)');
    });
  }

  get ufrag(): string {
    return this.#connection.localUsername;
  }

  get pwd(): string {
    return this.#connection.localPassword;
  }

  /** Found so far. */
  get candidates(): readonly IceCandidate[] {
    return this.#gathering.candidates;
  }

  get packetsReceived(): number {
    return this.#gate.packetsReceived;
  }

  /** Resolves when the host candidates are known; those that servers find are told later. */
  async gather(): Promise<void> {
    const { iceServers = [], iceTransportPolicy, logger } = this.#options;
    if (iceTransportPolicy === 'all') {
      await this.#gathering.openHosts(hostAddresses(this.#options));
    }
    const servers = iceServers.flatMap((server) => {
      const parsed = parseIceServer(server);
      if (!parsed) logger.log('debug', 'this kind of server is not supported', { urls: server.urls });
      return parsed ?? [];
    });
    void this.#gathering.askServers(servers, (candidate) => this.#handlers.candidate(candidate));
  }

  connect(ufrag: string, pwd: string): void {
    if (this.#state !== 'new') return;
    this.#state = 'checking';
    this.#startedAt = performance.now();
    this.#timer = setInterval(() => this.#look(), tick);
    this.#connection.setRemoteParams({ iceLite: false, usernameFragment: ufrag, password: pwd });
    this.#connection.connect().then(
      () => this.#nominated(),
      // werift fails only when it is closed: it is never told that there are no more candidates
      () => {},
    );
  }

  addRemoteCandidates(candidates: readonly IceCandidate[]): void {
    for (const candidate of this.#remote.add(candidates)) {
      void this.#connection.addRemoteCandidate(toWerift(candidate));
    }
  }

  /** Never rejects: datagrams get lost. */
  send(datagram: Buffer): Promise<void> {
    return this.#connection.send(datagram);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#state = 'ended';
    clearInterval(this.#timer);
    this.#early = [];
    await this.#gathering.close();
    await this.#connection.close();
  }

  #received(datagram: Buffer): void {
    if (this.#state === 'connected' || this.#state === 'disconnected') this.#handlers.data(datagram);
    else if (this.#state !== 'ended' && this.#early.length < earlyLimit) this.#early.push(datagram);
  }

  #nominated(): void {
    if (this.#state !== 'checking') return;
    this.#connected();
    for (const datagram of this.#early.splice(0)) this.#received(datagram);
  }

  #connected(): void {
    this.#state = 'connected';
    this.#answeredAt = performance.now();
    this.#handlers.connected();
  }

  /** What time has to do with. */
  #look(): void {
    if (this.#state === 'checking') this.#keepChecking();
    else this.#watchConsent();
  }

  /** A pair that failed may work later: the bridge hears of us only when the focus has our answer. */
  #keepChecking(): void {
    if (performance.now() - this.#startedAt > checksTimeout) {
      const found = this.#connection.candidatePairs.length;
      this.#fail(
        found === 0
          ? `no check of the other side has arrived within ${checksTimeout / 1000} s, and it has no address to be checked`
          : `none of ${found} pairs of addresses worked within ${checksTimeout / 1000} s`,
      );
      return;
    }
    for (const pair of this.#connection.candidatePairs) {
      if (pair.state === CandidatePairState.FAILED) pair.updateState(CandidatePairState.WAITING);
    }
  }

  #watchConsent(): void {
    const answers = this.#connection.nominated?.responsesReceived ?? this.#answers;
    const now = performance.now();
    if (answers !== this.#answers) {
      this.#answers = answers;
      this.#answeredAt = now;
      if (this.#state === 'disconnected') this.#connected();
    } else if (this.#state === 'connected' && now - this.#answeredAt > silenceLimit) {
      this.#state = 'disconnected';
      this.#handlers.disconnected(`no answer to consent checks for ${silenceLimit / 1000} s`);
    }
  }

  #fail(reason: string): void {
    if (this.#state === 'ended') return;
    void this.close();
    this.#handlers.failed(reason);
  }
}

/** werift's own are shorter than RFC 8445, 5.3 asks for: 24 and 128 bits of randomness. */
function setCredentials(connection: Connection): void {
  connection.localUsername = randomBytes(6).toString('base64');
  connection.localPassword = randomBytes(18).toString('base64');
  connection.userHistory = { [connection.localUsername]: connection.localPassword };
}
