/**
 * The client's end of an XMPP stream (RFC 6120) over WebSocket (RFC 7395), or what can pass for one, from the first `<open/>` to the last `<close/>`:
 * login, stream management, requests and their answers, liveness. It outlives its socket where the server can resume it (XEP-0198, 5): then it
 * is `interrupted`, keeps what is sent, and goes on with the next socket. A pure machine: every input returns the effects it has, and
 * `nextTimeout()` says when `tick()` is due.
 *
 * idle → the login's steps → established ⇄ interrupted, closing, ended
 */
import { earliest } from '../base/earliest.ts';
import { type JitsiError, ParseError, ProtocolError, RefusedError } from '../base/errors.ts';
import { is, type XmlElement, xml } from '../xml/element.ts';
import { parseXml } from '../xml/parse.ts';
import { buildClose, parseStreamError } from './framing.ts';
import { IqTracker } from './iq-tracker.ts';
import { Liveness } from './liveness.ts';
import { ns } from './namespaces.ts';
import { iqGet, isStanza, isStanzaNamed } from './stanza.ts';
import {
  closed,
  connectionLost,
  loginTimeout,
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
import { StreamOutput } from './stream-output.ts';
import { type ResumptionState, StreamManagement, type Undelivered } from './stream-management.ts';

export type { LoginStrategy, StreamEffect, StreamOptions, StreamState } from './stream-io.ts';

/** What the stream is besides its login. */
type OwnState = Extract<StreamState, { name: 'idle' | 'established' | 'interrupted' | 'closing' | 'ended' }>;

export class XmppStream {
  readonly #options: StreamOptions;
  readonly #iqs: IqTracker;
  readonly #output: StreamOutput;
  /** While it is under way. */
  #login: StreamLogin | undefined;
  #loginTimeout = 0;
  #deadline: number | undefined;
  #state: OwnState = { name: 'idle' };
  #liveness: Liveness | undefined;
  #lastId = 0;
  #maxBytes: number | undefined;
  /** The address the server bound us to. */
  #jid = '';
  /** When the socket was lost. */
  #since: number | undefined;
  /** Of our last ping. */
  #pingId: string | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#iqs = new IqTracker(options.domain);
    this.#output = new StreamOutput(options.domain);
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
    return this.#output.management.resumption;
  }

  /** What was sent and not acknowledged. */
  get undelivered(): Undelivered {
    return this.#output.management.undelivered;
  }

  /** A fresh id for a stanza. */
  nextId(): string {
    this.#lastId += 1;
    return `${this.#options.idPrefix}-${this.#lastId}`;
  }

  /** The socket is open: begins the stream. */
  open(now: number): StreamEffect[] {
    this.#begin(this.#options, this.#output.management, undefined, this.#options.setupTimeout, now);
    return this.#output.take();
  }

  /**
   * Another socket is open for a stream that is interrupted: logs in, step by step, and resumes; where the server does not know the stream any
   * more, binds anew.
   * @param timeout ms for all of it
   */
  reopen(timeout: number, now: number): StreamEffect[] {
    if (this.#state.name !== 'interrupted' || this.#login) return [];
    const options: StreamOptions = { ...this.#options, login: 'orderly' };
    this.#begin(options, new StreamManagement(), this.#output.management.resumption, timeout, now);
    return this.#output.take();
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
      if (start?.[1] && this.#state.name === 'established')
        this.#output.management.received(xml(ns.client, start[1]));
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
    return this.#output.take();
  }

  /**
   * What arrived could not be read. Frames are independent of each other (RFC 7395, 3.3.3), so an established stream survives it:
   * otherwise another occupant's oversized presence could throw us out.
   */
  unreadable(error: JitsiError, now: number): StreamEffect[] {
    if (this.#isDeaf) return [];
    this.#liveness?.received(now);
    if (this.#state.name === 'established') this.#output.push({ type: 'warning', error });
    else {
      const words = `logging in to ${this.#options.domain}: ${error.message}`;
      this.#fail(new ProtocolError(words, { code: error.code, cause: error }));
    }
    return this.#output.take();
  }

  /** Sends any element as it is; without a socket, keeps a stanza for the next one. */
  send(element: XmlElement): StreamEffect[] {
    if (this.#state.name === 'interrupted') this.#keep(element);
    else this.#write(element);
    return this.#output.take();
  }

  /**
   * Sends a request; its end comes as an `answer` effect with its id.
   * @param tried what it is for, in words, for error messages
   * @param timeout ms
   */
  request(iq: XmlElement, tried: string, timeout: number, now: number): StreamEffect[] {
    this.#iqs.track(iq, tried, timeout, now);
    if (this.#state.name === 'ended')
      this.#output.answers(this.#iqs.failAll(notConnected(tried, this.#options.domain)));
    return this.send(iq);
  }

  /** Whether the server acknowledges what it gets. */
  get isAcknowledging(): boolean {
    return this.#output.management.active;
  }

  /** Somebody waits for the acknowledgement of what was sent. */
  askForAcknowledgement(): StreamEffect[] {
    if (this.#state.name === 'established' && this.isAcknowledging) this.#output.ask();
    return this.#output.take();
  }

  /** Ends the stream in order; `ended` follows when the server has closed too, or with {@link socketClosed}; without a socket, at once. */
  close(): StreamEffect[] {
    if (this.#state.name === 'ended' || this.#state.name === 'closing') return [];
    if (this.#state.name === 'interrupted' && !this.#login) this.#end();
    else {
      if (this.#state.name === 'established' && this.isAcknowledging)
        this.#write(this.#output.management.acknowledgement());
      this.#write(buildClose());
      this.#login = undefined;
      this.#deadline = undefined;
      this.#state = { name: 'closing' };
    }
    return this.#output.take();
  }

  /** The stream is not to go on: `ended` comes at once, with nothing said to the server. */
  abandon(error: JitsiError): StreamEffect[] {
    this.#end(error);
    return this.#output.take();
  }

  /** The socket is gone. @param reason in words, for the error */
  socketClosed(reason: string, now: number): StreamEffect[] {
    if (this.#state.name === 'closing') this.#end();
    else this.#lost(socketLost(this.#options.domain, reason), now);
    return this.#output.take();
  }

  /** There is reason to doubt that the server can still be reached: asks it, and gives it one chance. */
  probe(now: number): StreamEffect[] {
    if (this.#state.name === 'established' && this.#liveness?.probe(now)) this.#ping();
    return this.#output.take();
  }

  /** Time passed; call when `nextTimeout()` is reached. */
  tick(now: number): StreamEffect[] {
    if (this.#deadline !== undefined && now >= this.#deadline) this.#loginIsLate(now);
    this.#output.answers(this.#iqs.expire(now));
    if (this.#state.name === 'established') this.#look(now);
    return this.#output.take();
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
      this.#output.management.received(element);
      return this.#stanza(element, now);
    }
    if (this.#login) this.#login.element(element, now);
    else this.#output.managed(element, this.#state.name === 'established');
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
      flight: () => this.#output.push({ type: 'flight' }),
      bound: (jid) => this.#iqs.bound(jid),
      established: (jid, at) => this.#established(jid, management, at),
      resumed: (answer, at) => this.#resumed(answer, at),
      notResumed: (answer) => this.#output.notResumed(answer?.attrs.h),
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
    if (management !== this.#output.management) {
      const undelivered = this.#output.beginAnew(management);
      this.#output.answers(this.#iqs.failAll(notResumed(this.#options.domain)));
      this.#output.push({ type: 'not-resumed', undelivered });
    }
    this.#output.push({ type: 'established', jid });
  }

  #resumed({ attrs: { previd, h } }: XmlElement, now: number): void {
    if (previd !== this.resumption?.id) throw resumedAnother(this.#options.domain, previd);
    this.#output.resume(h);
    this.#stands(now);
    this.#state = { name: 'established', jid: this.#jid };
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
    this.#output.management.detach();
    this.#state = { name: 'interrupted', jid: this.#jid, since: this.#since };
    this.#output.push({ type: 'interrupted', error });
  }

  #keep(stanza: XmlElement): void {
    if (!isStanza(stanza) || this.#output.management.keep(stanza)) return;
    this.#fail(tooManyWaiting(this.#options.domain));
  }

  #look(now: number): void {
    const verdict = this.#liveness?.look(now);
    if (verdict === 'ping') this.#ping();
    if (verdict !== 'dead') return;
    const error = connectionLost(
      `${this.#options.pingTo} stopped answering: a ping had no reply, and nothing else came`,
    );
    if (this.#canGoOn) this.#interrupt(error, now);
    else this.#fail(error);
  }

  // Stanzas

  #stanza(stanza: XmlElement, now: number): void {
    // Of a ping, anything that is heard counts, and not its answer alone.
    if (stanza.attrs.id !== undefined && stanza.attrs.id === this.#pingId) return;
    const answer = isStanzaNamed(stanza, 'iq') ? this.#iqs.match(stanza) : undefined;
    if (!answer) this.#output.push({ type: 'stanza', stanza });
    else if (!this.#login?.answered(answer, now)) this.#output.answers([answer]);
  }

  #ping(): void {
    this.#pingId = this.nextId();
    this.#write(iqGet(this.#options.pingTo, this.#pingId, xml(ns.ping, 'ping')));
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
    this.#output.answers(this.#iqs.failAll(error ?? closed()));
    this.#output.push(error ? { type: 'ended', error } : { type: 'ended' });
  }

  #write(element: XmlElement): void {
    if (this.#state.name === 'ended' || this.#state.name === 'closing') return;
    this.#output.write(element);
  }
}
