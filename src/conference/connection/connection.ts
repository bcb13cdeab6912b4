/**
 * The connection of a conference: from an address to a stream that is logged in. Opens a WebSocket, early where that is harmless, or
 * BOSH where none opens; logs in, in one flight where that may work and step by step where it did not; keeps the way awake; resumes, or
 * connects anew, when it is told to. A pure machine; the joined conference stands above it, decides when, and hears of it through the sink.
 *
 * idle → connecting → logging-in → established → closing → ended, and back to connecting from a login that failed in one
 * flight, and from a WebSocket that came to nothing. established → interrupted ⇄ resuming → established.
 */
import { defined } from '../../base/defined.ts';
import { earliest } from '../../base/earliest.ts';
import { ConnectionError, type JitsiError } from '../../base/errors.ts';
import type { RandomBytes } from '../../base/random.ts';
import { websocketUrlFor } from '../../jitsi/deployment.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { IqOutcome } from '../../xmpp/iq-tracker.ts';
import type { LoginStrategy } from '../../xmpp/stream.ts';
import type { Undelivered } from '../../xmpp/stream-management.ts';
import type { Discovery } from '../discovery.ts';
import type { HttpAnswer } from '../io.ts';
import { unavailablePresence } from '../room/own-presence.ts';
import { type ConferenceOptions, timing } from '../options.ts';
import { type CarriedStream, carriedStream } from './carried-stream.ts';
import type { ConnectionSink } from './connection-sink.ts';
import { type EarlySocket, earlySocket } from './early-socket.ts';
import { KeepAlive } from './keep-alive.ts';
import { loginStrategy, mayBeThePipelining } from './login-fallback.ts';
import { TransportFallback } from './transport-fallback.ts';

export type { ConnectionSink } from './connection-sink.ts';

type State =
  | 'idle'
  | 'connecting'
  | 'logging-in'
  | 'established'
  | 'interrupted'
  | 'resuming'
  | 'closing'
  | 'ended';

/** What there is once the deployment is known. */
interface Known extends Discovery, CarriedStream {
  keepAlive: KeepAlive;
}

const nothing: Undelivered = { unconfirmed: [], unsent: [] };

export class Connection {
  readonly #options: ConferenceOptions;
  readonly #random: RandomBytes;
  readonly #sink: ConnectionSink;
  #state: State = 'idle';
  #known: Known | undefined;
  /** Only before the deployment is known. */
  #early: EarlySocket | undefined;
  /** The login in one flight failed, this is the orderly one. */
  #fellBack = false;
  /** The server has taken the login as it came. */
  #isProven = false;
  /** A stream stood over a WebSocket once: what fails now is the server, and not the way, and BOSH would be for good. */
  #hadSocket = false;
  #fallback: TransportFallback;
  /** The stream has heard from the server. */
  #hasHeard = false;
  #lost: Undelivered = nothing;
  #token: string | undefined;

  constructor(options: ConferenceOptions, random: RandomBytes, sink: ConnectionSink) {
    this.#options = options;
    this.#token = options.token;
    this.#fallback = new TransportFallback(options.address);
    this.#random = random;
    this.#sink = sink;
  }

  /** The address the server bound us to; '' while there is none. */
  get jid(): string {
    return this.#known?.stream.jid ?? '';
  }

  /** Bytes of a stanza at most, where the server says so. */
  get maxBytes(): number | undefined {
    return this.#known?.stream.maxBytes;
  }

  /** Whether there is a stream to be closed. */
  get isOpen(): boolean {
    return this.#known?.stream.isOpen ?? false;
  }

  /** Whether requests go out before the login is answered. */
  get isPipelined(): boolean {
    return this.#known?.login === 'pipelined';
  }

  /** Whether the server acknowledges what it gets. */
  get isAcknowledging(): boolean {
    return this.#known?.stream.isAcknowledging ?? false;
  }

  /** Somebody waits for the acknowledgement of what was sent. */
  askForAcknowledgement(now: number): void {
    this.#known?.stream.askForAcknowledgement(now);
  }

  /** From now on this goes into the address. */
  useToken(token: string | undefined): void {
    this.#token = token;
  }

  /** Opens a socket to where one is to be expected, while the deployment is being looked up. */
  anticipate(): void {
    this.#early = earlySocket(this.#options);
    if (this.#early) this.#sink.openSocket(this.#early.url);
  }

  /** The deployment is known. */
  discovered(discovery: Discovery, now: number): void {
    const isBosh = this.#options.transport === 'bosh';
    const login = isBosh ? 'orderly' : loginStrategy(this.#options, discovery.deployment.websocketUrl, now);
    this.#known = {
      ...discovery,
      ...this.#newStream(discovery, login, isBosh),
      keepAlive: new KeepAlive(discovery.deployment, this.#options.address, this.#random),
    };
  }

  connect(why: string, now: number): void {
    const known = this.#known;
    if (!known) return;
    const early = this.#early;
    this.#early = undefined;
    this.#state = 'connecting';
    this.#sink.connecting(why);
    if (known.bosh) return this.#opened('requests may be sent', now);
    const url = this.#socketUrl(known);
    if (early && early.url === url && early.state !== 'lost') {
      if (early.state === 'open') this.socketOpened(now);
      return;
    }
    if (early) this.#sink.closeSocket();
    this.#sink.openSocket(url);
  }

  socketOpened(now: number): void {
    if (this.#early) this.#early.state = 'open';
    if (this.#state === 'resuming') this.#known?.stream.reopen(timing.login, now);
    if (!this.#known || this.#state !== 'connecting') return;
    this.#opened('the socket is open', now);
  }

  socketFrame(text: string, now: number): void {
    this.#hasHeard = true;
    this.#known?.stream.receive(text, now);
  }

  socketClosed(reason: string, now: number): void {
    if (this.#early) this.#early.state = 'lost';
    this.#known?.stream.socketClosed(reason, now);
  }

  socketFailed(error: JitsiError, now: number): void {
    if (this.#early) {
      // Nobody said that there is one at the conventional address.
      this.#early.state = 'lost';
      return;
    }
    if (this.#state === 'resuming') this.#interrupted(error, now);
    else if (!this.#useBosh(error, now))
      this.#sink.failed(this.#fallback.advice(error, this.#known?.isGuess ?? false), now);
  }

  /** A request of BOSH was answered. */
  httpAnswered(key: string, answer: HttpAnswer, now: number): void {
    this.#known?.bosh?.answered(key, answer, now);
  }

  httpFailed(key: string, error: JitsiError, now: number): void {
    this.#known?.bosh?.failed(key, error, now);
  }

  /** What was sent goes out now. With BOSH, what comes together goes in one request. */
  flush(now: number): void {
    if (this.#state !== 'ended') this.#known?.bosh?.flush(now);
  }

  /** A keep-alive came to its end, however: it says nothing, the stream has its own liveness. */
  keptAlive(): void {
    this.#known?.keepAlive.answered();
  }

  nextId(): string {
    return this.#known?.stream.nextId() ?? '';
  }

  send(stanza: XmlElement, now: number): void {
    this.#known?.stream.send(stanza, now);
  }

  /** A request whose outcome goes to the sink. */
  request(iq: XmlElement, tried: string, timeout: number, now: number): void {
    this.#known?.stream.request(iq, tried, timeout, now);
  }

  /** A request whose outcome goes to `then`. */
  ask(
    iq: XmlElement,
    tried: string,
    timeout: number,
    now: number,
    then: (outcome: IqOutcome, now: number) => void,
  ): void {
    this.#known?.stream.ask(iq, tried, timeout, now, then);
  }

  /** A request of the flight was answered: whatever goes wrong from now on, the order of the steps was not it. */
  flightAnswered(): void {
    this.#isProven = true;
  }

  /** All that the login was needed for has worked. */
  worked(now: number): void {
    this.#isProven = true;
    const { memory } = this.#options;
    if (this.#fellBack && this.#known) memory.rememberOrderly(this.#known.deployment.websocketUrl, now);
  }

  /**
   * Logs in once more, step by step, when what failed is a login in one flight.
   * @returns false when that could not help
   */
  fallBack(error: Error | undefined, now: number): boolean {
    const known = this.#known;
    if (known?.login !== 'pipelined' || !mayBeThePipelining(error)) return false;
    const isUnproven = this.#state === 'logging-in' || (this.#state === 'established' && !this.#isProven);
    if (!isUnproven) return false;
    if (known.stream.isOpen) known.stream.close(now);
    // Its requests end, and nothing else of it is heard.
    this.#state = 'ended';
    known.stream.abandon(new ConnectionError('the login is tried again', { code: 'connection-lost' }), now);
    this.#fellBack = true;
    this.#known = { ...known, ...this.#newStream(known, 'orderly', false) };
    this.#sink.closeSocket();
    this.connect(`the login in one flight failed: ${error?.message ?? 'the stream ended'}`, now);
    return true;
  }

  /** Whether the server may still know the interrupted stream (`max` of XEP-0198, 3). */
  canResume(now: number): boolean {
    const { state, resumption } = this.#known?.stream ?? {};
    if (this.#state !== 'interrupted' || state?.name !== 'interrupted') return false;
    // Its clock begins when the server has noticed, which in a black hole takes it much longer than us.
    return now < state.since + Math.max(resumption?.maxTime ?? 0, timing.resumption);
  }

  /** Tries once to go on with the interrupted stream. The sink hears one of `resumed`, `notResumed` with `established`, `interrupted`, `ended`. */
  resume(): void {
    if (!this.#known || this.#state !== 'interrupted') return;
    this.#state = 'resuming';
    this.#sink.openSocket(this.#socketUrl(this.#known, this.#known.stream.resumption?.id));
  }

  /** The interrupted stream is not to be resumed: its requests end with `error`. The sink hears of no end. */
  abandon(error: JitsiError, now: number): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#known?.keepAlive.disconnected();
    this.#known?.stream.abandon(error, now);
    this.#lost = this.#known?.stream.undelivered ?? nothing;
    this.#sink.dropSocket();
  }

  /** Like {@link abandon}, of a connection that is there: the server is told that we go. */
  hangUp(error: JitsiError, now: number): void {
    if (this.#state === 'established') {
      this.send(unavailablePresence(), now);
      this.#known?.stream.close(now);
      this.#sink.closeSocket();
    }
    this.abandon(error, now);
  }

  /** Another stream over another socket, with the ways to fall back of the first. What the old one leaves is for {@link takeLost}. */
  connectAnew(discovery: Discovery, why: string, now: number): void {
    this.abandon(new ConnectionError(`the connection was lost: ${why}`, { code: 'connection-lost' }), now);
    this.#early = undefined;
    this.#fellBack = false;
    this.#isProven = false;
    this.#fallback = new TransportFallback(this.#options.address);
    this.#hasHeard = false;
    this.discovered(discovery, now);
    this.connect(why, now);
  }

  /** What the last stream that ended leaves behind; nothing the second time. */
  takeLost(): Undelivered {
    const lost = this.#lost;
    this.#lost = nothing;
    return lost;
  }

  /** There is reason to doubt that the server can still be reached: it is asked, and has one chance; a socket that is being opened has none. */
  probe(now: number): void {
    const { stream } = this.#known ?? {};
    if (this.#state === 'established') stream?.probe(now);
    else if (this.#state === 'resuming' && stream?.state.name === 'interrupted')
      this.#interrupted(otherNetwork(), now);
  }

  /** Ends the stream in order. */
  close(now: number): void {
    this.#state = 'closing';
    this.#known?.stream.close(now);
  }

  /** Nothing is to come of it any more. */
  stop(): void {
    this.#state = 'ended';
  }

  tick(now: number): void {
    if (this.#state === 'ended') return;
    this.#known?.stream.tick(now);
    this.#known?.bosh?.tick(now);
    const keepAlive = this.#known?.keepAlive.due(now);
    if (keepAlive) this.#sink.http(keepAlive);
  }

  nextTimeout(): number | undefined {
    if (this.#state === 'ended') return undefined;
    const { stream, bosh, keepAlive } = this.#known ?? {};
    return earliest(stream?.nextTimeout(), bosh?.nextTimeout(), keepAlive?.nextAt);
  }

  #opened(why: string, now: number): void {
    if (!this.#known) return;
    this.#state = 'logging-in';
    this.#sink.loggingIn(`${why}; the login is ${this.#known.login}`);
    this.#known.stream.open(now);
  }

  #newStream(discovery: Discovery, login: LoginStrategy, isBosh: boolean): CarriedStream {
    const { deployment } = discovery;
    const sink = this.#sink;
    const random = this.#random;
    const token = this.#token;
    const options = { conference: this.#options, deployment, login, isBosh, token, random };
    return carriedStream(options, {
      http: (request) => sink.http(request),
      boshFailed: (error) => this.#fallback.boshFailed(error, discovery),
      frame: (element) => sink.frame(element),
      flight: (now) => sink.flight(now),
      established: (jid, now) => this.#established(jid, now),
      interrupted: (error, now) => this.#interrupted(error, now),
      resumed: (now) => this.#resumed(now),
      notResumed: (undelivered, now) => sink.notResumed(undelivered, now),
      acknowledged: (ids, now) => sink.acknowledged(ids, now),
      stanza: (stanza, now) => sink.stanza(stanza, now),
      answer: (id, outcome) => sink.answer(id, outcome),
      warning: (error) => sink.warning(error),
      ended: (error, now) => this.#ended(error, now),
    });
  }

  #socketUrl({ deployment }: Discovery, previd?: string): string {
    return websocketUrlFor(deployment, this.#options.address, defined({ token: this.#token, previd }));
  }

  /**
   * Goes on with BOSH, as there is no WebSocket.
   * @returns false when that could not help, or is not wanted
   */
  #useBosh(error: JitsiError, now: number): boolean {
    const known = this.#known;
    if (!known || known.bosh || this.#hadSocket || this.#options.transport !== 'auto') return false;
    if (!this.#fallback.takesOver(error, known, this.#token)) return false;
    this.#known = { ...known, ...this.#newStream(known, 'orderly', true) };
    this.#sink.closeSocket();
    this.connect(`there is no WebSocket: ${error.message}`, now);
    return true;
  }

  #established(jid: string, now: number): void {
    const known = this.#known;
    this.#state = 'established';
    this.#hadSocket ||= !known?.bosh;
    // The requests of BOSH keep the way awake.
    if (!known?.bosh) known?.keepAlive.connected(now);
    const warning = known?.bosh && this.#fallback.warning(known);
    if (warning) this.#sink.warning(warning);
    this.#sink.established(jid, now);
  }

  #interrupted(error: JitsiError, now: number): void {
    if (this.fallBack(error, now)) return;
    this.#known?.keepAlive.disconnected();
    this.#state = 'interrupted';
    this.#sink.dropSocket();
    this.#sink.interrupted(error, now);
  }

  #resumed(now: number): void {
    this.#state = 'established';
    this.#known?.keepAlive.connected(now);
    this.#sink.resumed(now);
  }

  #ended(error: JitsiError | undefined, now: number): void {
    // It was abandoned.
    if (this.#state === 'ended') return;
    if (this.fallBack(error, now)) return;
    // A proxy may let sockets open, and nothing through.
    const isMute = this.#state === 'logging-in' && !this.#hasHeard;
    if (isMute && error && this.#useBosh(error, now)) return;
    this.#state = 'ended';
    this.#lost = this.#known?.stream.undelivered ?? nothing;
    this.#known?.keepAlive.disconnected();
    this.#sink.closeSocket();
    this.#sink.ended(this.#fallback.error ?? error, now);
  }
}

function otherNetwork(): ConnectionError {
  const words = 'resuming the stream: the network is another than when the socket was asked for';
  return new ConnectionError(words, { code: 'connection-failed', retryable: true });
}
