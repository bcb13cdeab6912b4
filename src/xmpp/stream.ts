/**
 * The client's end of an XMPP stream (RFC 6120) over WebSocket (RFC 7395), or what can pass for one, from the first `<open/>` to the last `<close/>`:
 * login, stream management, requests and their answers, liveness. It outlives its socket where the server can resume it (XEP-0198, 5): then it
 * is `interrupted`, keeps what is sent, and goes on with the next socket. A pure machine: every input returns the effects it has, and
 * `nextTimeout()` says when `tick()` is due.
 *
 * idle → the login's steps → established ⇄ interrupted, closing, ended
 */
import { earliest } from '../base/earliest.ts';
import { ConnectionError, type JitsiError, ParseError, ProtocolError, RefusedError } from '../base/errors.ts';
import { is, type XmlElement, xml } from '../xml/element.ts';
import { parseXml } from '../xml/parse.ts';
import { buildClose, parseStreamError } from './framing.ts';
import { type IqOutcome, IqTracker } from './iq-tracker.ts';
import { Liveness } from './liveness.ts';
import { ns } from './namespaces.ts';
import { iqGet, isStanza, isStanzaNamed } from './stanza.ts';
import {
  connectionLost,
  loginTimeout,
  notAcknowledged,
  notConnected,
  notResumed,
  resumedAnother,
  serverClosed,
  socketLost,
  streamError,
  tooManyWaiting,
} from './stream-errors.ts';
import type { StreamEffect, StreamOptions, StreamState } from './stream-io.ts';
import { StreamLogin } from './stream-login.ts';
import { type ResumptionState, StreamManagement, type Undelivered } from './stream-management.ts';

export type { LoginStrategy, StreamEffect, StreamOptions, StreamState } from './stream-io.ts';

/** What the stream is besides its login. */
type OwnState = Extract<StreamState, { name: 'idle' | 'established' | 'interrupted' | 'closing' | 'ended' }>;

export class XmppStream {
  readonly #options: StreamOptions;
  readonly #iqs: IqTracker;
  #sm = new StreamManagement();
  /** While it is under way. */
  #login: StreamLogin | undefined;
  #loginTimeout = 0;
  #deadline: number | undefined;
  #state: OwnState = { name: 'idle' };
  #effects: StreamEffect[] = [];
  #liveness: Liveness | undefined;
  #lastId = 0;
  #maxBytes: number | undefined;
  /** The address the server bound us to. */
  #jid = '';
  /** When the socket was lost. */
  #since: number | undefined;
  /** Ids of our own pings under way. */
  readonly #pings = new Set<string>();

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#iqs = new IqTracker(options.domain);
  }

  /** Bytes of a stanza at most, where the server says so (XEP-0478). */
  get maxBytes(): number | undefined {
    return this.#maxBytes;
  }

  get state(): StreamState {
    return this.#login?.state ?? this.#state;
  }

  /** The address the server bound us to, also while the stream is interrupted; '' before. */
  get jid(): string {
    return this.#jid;
  }

  /** What a later connection needs to go on with this stream (XEP-0198, 5). */
  get resumption(): ResumptionState | undefined {
    return this.#sm.resumption;
  }

  /** What was sent and not acknowledged. */
  get undelivered(): Undelivered {
    return this.#sm.undelivered;
  }

  /** A fresh id for a stanza. */
  nextId(): string {
    this.#lastId += 1;
    return `${this.#options.idPrefix}-${this.#lastId}`;
  }

  /** The socket is open: begins the stream. */
  open(now: number): StreamEffect[] {
    this.#begin(this.#options, this.#sm, undefined, this.#options.setupTimeout, now);
    return this.#flush();
  }

  /**
   * Another socket is open for a stream that is interrupted: logs in, step by step, and resumes; where the server does not know the stream any
   * more, binds anew.
   * @param timeout ms for all of it
   */
  reopen(timeout: number, now: number): StreamEffect[] {
    if (this.#state.name !== 'interrupted' || this.#login) return [];
    const options: StreamOptions = { ...this.#options, login: 'orderly' };
    this.#begin(options, new StreamManagement(), this.#sm.resumption, timeout, now);
    return this.#flush();
  }

  /** A text frame arrived. */
  receive(frame: string, now: number): StreamEffect[] {
    let element: XmlElement;
    try {
      element = parseXml(frame);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      // The server counted it, so do we.
      const start = /^\s*<(iq|message|presence)\b/.exec(frame);
      if (start?.[1] && this.#state.name === 'established') this.#sm.received(xml(ns.client, start[1]));
      return this.unreadable(error, now);
    }
    return this.receiveElement(element, now);
  }

  /** Likewise, from a transport that has parsed it. */
  receiveElement(element: XmlElement, now: number): StreamEffect[] {
    if (this.#isDeaf) return [];
    this.#liveness?.received(now);
    try {
      this.#handle(element, now);
    } catch (error) {
      if (error instanceof ParseError) return this.unreadable(error, now);
      if (!(error instanceof ProtocolError || error instanceof RefusedError)) throw error;
      this.#fail(error);
    }
    return this.#flush();
  }

  /**
   * What arrived could not be read. Frames are independent of each other (RFC 7395, 3.3.3), so an established stream survives it:
   * otherwise another occupant's oversized presence could throw us out.
   */
  unreadable(error: JitsiError, now: number): StreamEffect[] {
    if (this.#isDeaf) return [];
    this.#liveness?.received(now);
    if (this.#state.name === 'established') this.#effects.push({ type: 'warning', error });
    else {
      const words = `logging in to ${this.#options.domain}: ${error.message}`;
      this.#fail(new ProtocolError(words, { code: error.code, cause: error }));
    }
    return this.#flush();
  }

  /** Sends any element as it is; without a socket, keeps a stanza for the next one. */
  send(element: XmlElement): StreamEffect[] {
    if (this.#state.name === 'interrupted') this.#keep(element);
    else this.#write(element);
    return this.#flush();
  }

  /**
   * Sends a request; its end comes as an `answer` effect with its id.
   * @param tried what it is for, in words, for error messages
   * @param timeout ms
   */
  request(iq: XmlElement, tried: string, timeout: number, now: number): StreamEffect[] {
    this.#iqs.track(iq, tried, timeout, now);
    if (this.#state.name === 'ended') this.#failRequests(notConnected(tried, this.#options.domain));
    return this.send(iq);
  }

  /** Whether the server acknowledges what it gets. */
  get isAcknowledging(): boolean {
    return this.#sm.active;
  }

  /** Somebody waits for the acknowledgement of what was sent. */
  askForAcknowledgement(): StreamEffect[] {
    if (this.#state.name === 'established' && this.isAcknowledging) this.#write(this.#sm.request());
    return this.#flush();
  }

  /** Ends the stream in order; `ended` follows when the server has closed too, or with {@link socketClosed}; without a socket, at once. */
  close(): StreamEffect[] {
    if (this.#state.name === 'ended' || this.#state.name === 'closing') return [];
    if (this.#state.name === 'interrupted' && !this.#login) this.#end();
    else {
      if (this.#state.name === 'established' && this.#sm.active) this.#write(this.#sm.acknowledgement());
      this.#write(buildClose());
      this.#login = undefined;
      this.#deadline = undefined;
      this.#state = { name: 'closing' };
    }
    return this.#flush();
  }

  /** The stream is not to go on: `ended` comes at once, with nothing said to the server. */
  abandon(error: JitsiError): StreamEffect[] {
    this.#end(error);
    return this.#flush();
  }

  /** The socket is gone. @param reason in words, for the error */
  socketClosed(reason: string, now: number): StreamEffect[] {
    if (this.#state.name === 'closing') this.#end();
    else this.#lost(socketLost(this.#options.domain, reason), now);
    return this.#flush();
  }

  /** There is reason to doubt that the server can still be reached: asks it, and gives it one chance. */
  probe(now: number): StreamEffect[] {
    if (this.#state.name === 'established' && this.#liveness?.probe(now)) this.#ping(now);
    return this.#flush();
  }

  /** Time passed; call when `nextTimeout()` is reached. */
  tick(now: number): StreamEffect[] {
    if (this.#deadline !== undefined && now >= this.#deadline) this.#loginIsLate(now);
    for (const { id, outcome } of this.#iqs.expire(now)) this.#answer(id, outcome);
    if (this.#state.name === 'established') this.#look(now);
    return this.#flush();
  }

  /** When `tick()` is due next, ms since the epoch. */
  nextTimeout(): number | undefined {
    if (this.#state.name === 'ended') return undefined;
    // A stream that is being closed is not watched any more.
    const nextLook = this.#state.name === 'established' ? this.#liveness?.nextLook : undefined;
    return earliest(this.#deadline, this.#iqs.nextDeadline(), nextLook);
  }

  #handle(element: XmlElement, now: number): void {
    const failure = parseStreamError(element);
    if (failure) return this.#end(streamError(this.#options.domain, failure));
    if (is(element, ns.framing, 'close')) return this.#serverClosed();
    if (isStanza(element)) {
      this.#sm.received(element);
      return this.#stanza(element, now);
    }
    if (this.#login) this.#login.element(element, now);
    else if (is(element, ns.sm, 'r')) this.#write(this.#sm.acknowledgement());
    else if (is(element, ns.sm, 'a')) {
      this.#acknowledged(element.attrs.h);
      const request = this.#sm.nextRequest();
      if (request) this.#write(request);
    }
  }

  // Login and resumption

  #begin(
    options: StreamOptions,
    management: StreamManagement,
    previous: ResumptionState | undefined,
    timeout: number,
    now: number,
  ): void {
    this.#loginTimeout = timeout;
    this.#deadline = now + timeout;
    this.#login = new StreamLogin(options, management, previous, {
      send: (element) => this.#write(element),
      nextId: () => this.nextId(),
      request: (iq, tried, at) => {
        this.#iqs.track(iq, tried, timeout, at);
        this.#write(iq);
      },
      flight: () => this.#effects.push({ type: 'flight' }),
      bound: (jid) => this.#iqs.bound(jid),
      established: (jid, at) => this.#established(jid, management, at),
      resumed: (answer, at) => this.#resumed(answer, at),
      notResumed: (answer) => this.#notResumed(answer),
    });
    this.#login.begin();
  }

  #stands(at: number): void {
    this.#maxBytes = this.#login?.maxBytes;
    this.#login = undefined;
    this.#deadline = undefined;
    this.#since = undefined;
    this.#liveness = new Liveness(this.#options.ping, at);
  }

  #established(jid: string, management: StreamManagement, now: number): void {
    this.#stands(now);
    this.#state = { name: 'established', jid };
    this.#jid = jid;
    if (management !== this.#sm) {
      const { undelivered } = this.#sm;
      this.#sm = management;
      this.#failRequests(notResumed(this.#options.domain));
      this.#effects.push({ type: 'not-resumed', undelivered });
    }
    this.#effects.push({ type: 'established', jid });
  }

  #resumed({ attrs: { previd, h } }: XmlElement, now: number): void {
    if (previd !== this.resumption?.id) throw resumedAnother(this.#options.domain, previd);
    this.#acknowledged(h);
    this.#stands(now);
    this.#state = { name: 'established', jid: this.#jid };
    for (const element of this.#sm.resume()) this.#effects.push({ type: 'send', element });
    this.#effects.push({ type: 'resumed' });
  }

  /** `<failed h=''/>` tells what had arrived (XEP-0198, 5). */
  #notResumed(answer: XmlElement | undefined): void {
    if (answer?.attrs.h === undefined) return;
    try {
      this.#acknowledged(answer.attrs.h);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#effects.push({ type: 'warning', error });
    }
  }

  #loginIsLate(now: number): void {
    const error = loginTimeout(this.#options.domain, this.state.name, this.#loginTimeout);
    if (this.#canGoOn) this.#interrupt(error, now);
    else this.#fail(error);
  }

  // Loss

  /** Nothing that arrives counts: it is from a socket that was given up, or comes too late. */
  get #isDeaf(): boolean {
    return this.#state.name === 'ended' || (this.#state.name === 'interrupted' && !this.#login);
  }

  /** Whether another socket could take the stream on. */
  get #canGoOn(): boolean {
    if (this.#login) return this.#login.isResumption;
    return (
      this.#state.name === 'interrupted' ||
      (this.#state.name === 'established' && this.resumption !== undefined)
    );
  }

  #lost(error: JitsiError, now: number): void {
    if (this.#isDeaf) return;
    if (this.#canGoOn) this.#interrupt(error, now);
    else this.#end(error);
  }

  #interrupt(error: JitsiError, now: number): void {
    this.#login = undefined;
    this.#deadline = undefined;
    this.#liveness = undefined;
    this.#since ??= now;
    this.#sm.detach();
    this.#state = { name: 'interrupted', jid: this.#jid, since: this.#since };
    this.#effects.push({ type: 'interrupted', error });
  }

  #keep(stanza: XmlElement): void {
    if (!isStanza(stanza) || this.#sm.keep(stanza)) return;
    this.#fail(tooManyWaiting(this.#options.domain));
  }

  #look(now: number): void {
    const verdict = this.#liveness?.look(now);
    if (verdict === 'ping') this.#ping(now);
    if (verdict !== 'dead') return;
    const error = connectionLost(
      `${this.#options.pingTo} stopped answering: a ping had no reply, and nothing else came`,
    );
    if (this.#canGoOn) this.#interrupt(error, now);
    else this.#fail(error);
  }

  // Stanzas

  #stanza(stanza: XmlElement, now: number): void {
    const answer = isStanzaNamed(stanza, 'iq') ? this.#iqs.match(stanza) : undefined;
    if (!answer) this.#effects.push({ type: 'stanza', stanza });
    else if (!this.#login?.answered(answer, now)) this.#answer(answer.id, answer.outcome);
  }

  #ping(now: number): void {
    const iq = iqGet(this.#options.pingTo, this.nextId(), xml(ns.ping, 'ping'));
    this.#pings.add(iq.attrs.id ?? '');
    this.#iqs.track(iq, 'ping', this.#options.ping.timeout, now);
    this.#write(iq);
  }

  #answer(id: string, outcome: IqOutcome): void {
    // Of a ping, anything that is heard counts, and not its answer alone.
    if (!this.#pings.delete(id)) this.#effects.push({ type: 'answer', id, outcome });
  }

  #acknowledged(h: string | undefined): void {
    const ids = this.#sm.acknowledge(h).flatMap(({ name, attrs: { id } }) => {
      return name === 'message' && id !== undefined ? [id] : [];
    });
    if (ids.length > 0) this.#effects.push({ type: 'acknowledged', ids });
  }

  // The end

  #serverClosed(): void {
    if (this.#state.name === 'closing') return this.#end();
    this.#write(buildClose());
    this.#end(serverClosed(this.#options.domain));
  }

  /** Ends the stream from our side because of `error`. */
  #fail(error: JitsiError): void {
    if (this.#state.name === 'ended') return;
    if (this.#state.name !== 'closing' && !this.#isDeaf) this.#write(buildClose());
    this.#end(error);
  }

  #end(error?: JitsiError): void {
    if (this.#state.name === 'ended') return;
    this.#login = undefined;
    this.#state = { name: 'ended' };
    this.#deadline = undefined;
    this.#failRequests(
      error ?? new ConnectionError('the connection was closed', { code: 'connection-closed' }),
    );
    this.#effects.push(error ? { type: 'ended', error } : { type: 'ended' });
  }

  #failRequests(error: JitsiError): void {
    for (const { id, outcome } of this.#iqs.failAll(error)) this.#answer(id, outcome);
  }

  #write(element: XmlElement): void {
    if (this.#state.name === 'ended' || this.#state.name === 'closing') return;
    const couldResume = this.resumption !== undefined;
    this.#effects.push({ type: 'send', element });
    const request = this.#sm.sent(element);
    if (request) this.#effects.push({ type: 'send', element: request });
    if (couldResume && !this.resumption)
      this.#effects.push({ type: 'warning', error: notAcknowledged(this.#options.domain) });
  }

  #flush(): StreamEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
