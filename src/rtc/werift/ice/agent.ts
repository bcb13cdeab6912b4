/**
 * ICE (RFC 8445) on werift's connection, which pairs addresses and chooses one pair. Requests, and for how long their answers count, are
 * ours: checks go on until the time is over, because the other side may learn of us later than we of it; so do consent checks, and after
 * a failure checks whether the other side is there again.
 */
import { randomBytes } from 'node:crypto';
import { type CandidatePair, CandidatePairState, Connection } from '../parts.ts';
import { type Clock, type Milliseconds, steadyClock } from '../../../base/clock.ts';
import { systemRandom } from '../../../base/random.ts';
import { startInterval } from '../../../base/timer.ts';
import type { IceCandidate } from '../../../jingle/model.ts';
import { parseIceServers } from '../../ice-server-url.ts';
import type { PeerTransportOptions } from '../../peer-transport.ts';
import { RemoteCandidates } from '../../remote-candidates.ts';
import type { SelectedCandidatePair } from '../../selected-candidate-pair.ts';
import { toWerift } from './candidates.ts';
import { Consent, consentLifetime, silenceLimit } from './consent.ts';
import { forgive } from '../forgive.ts';
import { DatagramGate } from './datagram-gate.ts';
import { Gathering } from './gathering.ts';
import { hostAddresses } from './host-addresses.ts';
import { never, type StunRequestOptions, StunRequests } from './stun-requests.ts';
import { WayBack } from './way-back.ts';

/** ms between two looks at the checks' results */
const tick = 500;
/** ms for finding a pair of addresses that works: a bridge's (media 14), and ours, which begins before the bridge has our answer */
const checksTimeout = { bridge: 5_000, participant: 7_000 };
/** ms for which an answer of a side that was given up counts */
const probeLifetime = 5_000;
/** Datagrams that may come while the other side is connected already and we are not. */
const earlyLimit = 32;

export interface IceHandlers {
  candidate(candidate: IceCandidate): void;
  /** Data can be sent and received from now on; also after `disconnected`. */
  connected(): void;
  disconnected(reason: string): void;
  /** No data comes or goes any more. */
  failed(reason: string): void;
  /** After `failed`: the other side answers. Called once at most; what was given up stays so. */
  answered(): void;
  /** What is neither STUN nor from a stranger. @param late ms ago it arrived */
  data(datagram: Buffer, late: Milliseconds): void;
}

export interface IceOptions
  extends Pick<
    PeerTransportOptions,
    'end' | 'iceServers' | 'iceTransportPolicy' | 'tls' | 'hostAddress' | 'loopback' | 'path' | 'logger'
  > {
  /** Somebody wants to know when a side that was given up answers again. */
  probes: boolean;
  /** ms for finding a pair of addresses that works, where that is not the usual. */
  checksTime?: Milliseconds;
}

type State = 'new' | 'checking' | 'connected' | 'disconnected' | 'failed' | 'ended';

export class IceAgent {
  readonly #options: IceOptions;
  readonly #handlers: IceHandlers;
  readonly #connection: Connection;
  readonly #gate: DatagramGate;
  readonly #gathering: Gathering;
  readonly #remote = new RemoteCandidates();
  readonly #clock: Clock = steadyClock;
  readonly #requests = new StunRequests(this.#clock);
  #state: State = 'new';
  #stopTimer = (): void => {};
  #endLook = (): void => {};
  #consent: Consent | undefined;
  #wayBack: WayBack | undefined;
  #early: Buffer[] = [];
  #startedAt = 0;
  #closing: Promise<void> | undefined;

  constructor(options: IceOptions, handlers: IceHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#connection = new Connection(options.end === 'bridge', {});
    setCredentials(this.#connection);
    this.#gate = new DatagramGate(this.#connection, this.#requests);
    this.#gathering = new Gathering(this.#connection, {
      gate: this.#gate,
      requests: this.#requests,
      checkLifetime: this.#checksTime,
      path: options.path,
      tls: options.tls,
      logger: options.logger,
    });
    this.#connection.onData.subscribe((datagram) => this.#received(datagram));
    // Consent is ours.
    this.#connection['queryConsent'] = () => {};
    this.#tellOfNomination();
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

  get isLooking(): boolean {
    return this.#state === 'failed' && this.#options.probes;
  }

  get packetsReceived(): number {
    return this.#gate.packetsReceived;
  }

  /** What is in use, as long as the other side may answer. */
  get selectedCandidatePair(): SelectedCandidatePair | undefined {
    const pair = this.#connection.nominated;
    const isInUse = this.#state === 'connected' || this.#state === 'disconnected';
    return pair && isInUse ? this.#gathering.inModel(pair) : undefined;
  }

  /** Resolves when the host candidates are known; those that servers find are told later. */
  async gather(): Promise<void> {
    if (!this.#isRelayed) await this.#gathering.openHosts(hostAddresses(this.#options));
    const servers = parseIceServers(this.#options);
    void this.#gathering.askServers(servers, (candidate) => this.#handlers.candidate(candidate));
  }

  /** Before {@link connect}, with the same words: resolves when the other side can be reached, after `patience` ms, or at the end. */
  look(ufrag: string, pwd: string, patience: Milliseconds): Promise<void> {
    this.#connection.setRemoteParams({ iceLite: false, usernameFragment: ufrag, password: pwd });
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(patience, () => this.#endLook());
      this.#endLook = () => {
        cancel();
        this.#endLook = () => {};
        this.#wayBack?.stop();
        resolve();
      };
      this.#wayBack = this.#lookForIt(() => this.#endLook());
    });
  }

  connect(ufrag: string, pwd: string): void {
    if (this.#state !== 'new') return;
    this.#state = 'checking';
    this.#startedAt = this.#clock.now();
    this.#stopTimer = startInterval(tick, () => this.#keepChecking());
    this.#connection.setRemoteParams({ iceLite: false, usernameFragment: ufrag, password: pwd });
    // With the candidates that come in the same turn: werift begins a check every 20 ms, and the first would have to wait.
    queueMicrotask(() => {
      // It fails only when it is closed: it is never told that there are no more candidates.
      if (this.#state !== 'checking') return;
      this.#connection.connect().then(
        () => this.#nominated(),
        () => {},
      );
    });
  }

  /** `connect` of werift resolves when it would begin the next check, up to 20 ms after it has chosen a pair. */
  #tellOfNomination(): void {
    const connection = this.#connection;
    const complete = connection['checkComplete'].bind(connection);
    connection['checkComplete'] = (pair: CandidatePair) => {
      complete(pair);
      if (connection.nominated) queueMicrotask(() => this.#nominated());
    };
  }

  addRemoteCandidates(candidates: readonly IceCandidate[]): void {
    for (const candidate of this.#remote.add(candidates)) {
      const added = this.#connection.addRemoteCandidate(toWerift(candidate));
      forgive(added, 'a candidate was of no use', this.#options.logger);
    }
  }

  /** Never rejects: datagrams get lost. */
  send(datagram: Buffer): Promise<void> {
    return this.#connection.send(datagram).catch(() => {});
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stop('ended');
    this.#requests.end();
    await this.#gathering.close();
    await this.#connection.close();
  }

  #stop(state: 'failed' | 'ended'): void {
    this.#state = state;
    this.#stopTimer();
    this.#endLook();
    this.#consent?.stop();
    this.#wayBack?.stop();
    this.#requests.clear();
    this.#connection['consentFresh'] = false;
    this.#early = [];
  }

  #received(datagram: Buffer): void {
    if (this.#state === 'connected' || this.#state === 'disconnected')
      this.#handlers.data(datagram, this.#gate.late);
    else if (this.#state === 'checking' || this.#state === 'new') {
      if (this.#early.length < earlyLimit) this.#early.push(datagram);
    }
  }

  #nominated(): void {
    const pair = this.#connection.nominated;
    if (this.#state !== 'checking' || !pair) return;
    this.#stopTimer();
    this.#connection['consentFresh'] = true;
    // Other pairs need no answers now.
    this.#requests.clear();
    this.#consent = new Consent({
      clock: this.#clock,
      random: systemRandom,
      check: (answered) => this.#ask(pair, { lifetime: consentLifetime, answered }),
      silent: () => {
        this.#state = 'disconnected';
        this.#handlers.disconnected(`no answer to consent checks for ${silenceLimit / 1000} s`);
      },
      back: () => this.#connected(),
      expired: () =>
        this.#fail(
          `the other side has not answered consent checks for ${consentLifetime / 1000} s (RFC 7675)`,
        ),
    });
    this.#connected();
    for (const datagram of this.#early.splice(0)) this.#received(datagram);
  }

  #connected(): void {
    this.#state = 'connected';
    this.#handlers.connected();
  }

  /** Whether the other side is there: one request, sent once. */
  #ask(
    { protocol, remoteAddr, localCandidate }: CandidatePair,
    wish: Pick<StunRequestOptions, 'lifetime' | 'refused'> & { answered: () => void },
  ): void {
    const connection = this.#connection;
    const { iceControlling, localUsername, remotePassword, remoteUsername } = connection;
    this.#requests.send({
      message: connection['buildRequest']({
        nominate: false,
        localUsername,
        remoteUsername,
        iceControlling,
        localCandidate,
      }),
      to: remoteAddr,
      key: Buffer.from(remotePassword),
      repetition: never,
      transmit: (message, to) => void protocol.sendStun(message, to).catch(() => {}),
      ...wish,
    });
  }

  /** A pair that failed may work later: the bridge hears of us only when the focus has our answer. */
  #keepChecking(): void {
    const timeout = this.#checksTime;
    if (this.#clock.now() - this.#startedAt > timeout) {
      const found = this.#connection.candidatePairs.length;
      this.#fail(
        this.#noRelay() ??
          (found === 0
            ? `no check of the other side has arrived within ${timeout / 1000} s, and it has no address to be checked`
            : `none of ${found} pairs of addresses worked within ${timeout / 1000} s`),
      );
      return;
    }
    for (const pair of this.#connection.candidatePairs) {
      if (pair.state === CandidatePairState.FAILED) pair.updateState(CandidatePairState.WAITING);
    }
  }

  get #checksTime(): Milliseconds {
    const { checksTime, end } = this.#options;
    return checksTime ?? checksTimeout[end];
  }

  get #isRelayed(): boolean {
    return this.#options.iceTransportPolicy === 'relay';
  }

  /** Why there is no address that we might use. */
  #noRelay(): string | undefined {
    if (!this.#isRelayed || this.candidates.length > 0) return undefined;
    const { failures } = this.#gathering;
    return `only relays may be used, and no TURN server has given us one (${failures.join('; ') || 'none has answered yet'})`;
  }

  #fail(reason: string): void {
    if (this.#state === 'failed' || this.#state === 'ended') return;
    const { end, probes } = this.#options;
    this.#stop('failed');
    // Whoever asks us is answered still, but werift begins no checks of its own any more, which would choose a pair after all.
    this.#connection['checkIncoming'] = () => {};
    this.#connection['checkListDone'] = true;
    this.#connection.remoteCandidatesEnd = true;
    if (probes)
      this.#wayBack = this.#lookForIt(() => {
        this.#requests.clear();
        this.#handlers.answered();
      });
    // A bridge answers whoever asks it until it expires the endpoint.
    else if (end === 'participant') forgive(this.close(), 'closing ICE', this.#options.logger);
    this.#handlers.failed(reason);
  }

  #lookForIt(found: () => void): WayBack {
    return new WayBack({
      clock: this.#clock,
      ask: (answered) => {
        // A bridge that refuses a check (403 when we have another address now) is there all the same.
        for (const pair of this.#connection.candidatePairs)
          this.#ask(pair, { lifetime: probeLifetime, answered, refused: answered });
      },
      servers: this.#gathering.questions(probeLifetime),
      found,
    });
  }
}
/** werift's own are shorter than RFC 8445, 5.3 asks for: 24 and 128 bits of randomness. */
function setCredentials(connection: Connection): void {
  connection.localUsername = randomBytes(6).toString('base64');
  connection.localPassword = randomBytes(18).toString('base64');
  connection.userHistory = { [connection.localUsername]: connection.localPassword };
}
