/**
 * The client's end of an XMPP stream (RFC 6120) over WebSocket (RFC 7395), or what can pass for one, from the first `<open/>` to the last `<close/>`:
 * authentication, resource binding, stream management, requests and their answers, liveness. A pure machine: every input
 * returns the effects it has, and `nextTimeout()` says when `tick()` is due.
 *
 * An orderly login takes one step at a time: nothing is sent before the answer to the step before. A pipelined one waits
 * for one answer alone, the `<success/>`, and sends the steps before it and the steps after it in one go each; the answers
 * are matched as they come. RFC 6120 wants it orderly; Prosody takes both. It does not take the second `<open/>` in one
 * read with `<auth/>`: authentication gives it a new parser (`util.xmppstream`), what was read already still goes to the
 * old one, and the stream breaks a little later.
 */
import { earliest } from '../base/earliest.ts';
import {
  ConnectionError,
  type JitsiError,
  messageOf,
  ParseError,
  ProtocolError,
  RefusedError,
  TimeoutError,
} from '../base/errors.ts';
import { child, childText, is, type XmlElement, xml } from '../xml/element.ts';
import { parseXml } from '../xml/parse.ts';
import {
  buildClose,
  buildOpen,
  isStreamFeatures,
  parseStreamError,
  parseStreamFeatures,
  type StreamFeatures,
} from './framing.ts';
import { type IqOutcome, IqTracker } from './iq-tracker.ts';
import { Liveness, type PingOptions } from './liveness.ts';
import { ns } from './namespaces.ts';
import { authenticationError, buildAuth, type Credentials, requireMechanism } from './sasl.ts';
import { iqGet, iqSet, isStanza, isStanzaNamed } from './stanza.ts';
import { StanzaError } from './stanza-error.ts';
import { type ResumptionState, StreamManagement } from './stream-management.ts';

/** Whether the steps of the login wait for each other. */
export type LoginStrategy = 'orderly' | 'pipelined';

export interface StreamOptions {
  /** The virtual host to log in to. */
  domain: string;
  credentials: Credentials;
  /** Use stream management where it is offered. */
  streamManagement: boolean;
  /** Default orderly. Pipelined sends a password before the server's mechanisms are known: only for ANONYMOUS. */
  login?: LoginStrategy;
  ping: PingOptions;
  /** Who is pinged; `hosts.domain`, also when logged in elsewhere. */
  pingTo: string;
  /** ms for everything from `open()` to `established`. */
  setupTimeout: number;
  /** Starts the ids of our requests; unguessable, so that nobody can answer in another's place. */
  idPrefix: string;
}

/** Where the stream is. */
export type StreamState =
  | { name: 'idle' }
  | { name: 'opening' }
  | { name: 'authenticating' }
  | { name: 'restarting' }
  | { name: 'binding'; features: StreamFeatures }
  | { name: 'enabling'; jid: string }
  | { name: 'established'; jid: string }
  | { name: 'closing' }
  | { name: 'ended' };

export type StreamEffect =
  /** write this element as one text frame */
  | { type: 'send'; element: XmlElement }
  /** a pipelined login is under way up to its last step: requests may follow it, before it is answered */
  | { type: 'flight' }
  /** logged in and bound: stanzas may be sent */
  | { type: 'established'; jid: string }
  /** a stanza for the layer above; answers to our requests are not among them */
  | { type: 'stanza'; stanza: XmlElement }
  | { type: 'answer'; id: string; outcome: IqOutcome }
  /** something odd that was survived */
  | { type: 'warning'; error: JitsiError }
  /** the stream is over, close the socket; the last effect of all. No error when we closed it ourselves. */
  | { type: 'ended'; error?: JitsiError };

export class XmppStream {
  readonly #options: StreamOptions;
  readonly #sm = new StreamManagement();
  readonly #iqs: IqTracker;
  #state: StreamState = { name: 'idle' };
  #effects: StreamEffect[] = [];
  #liveness: Liveness | undefined;
  #deadline: number | undefined;
  #lastId = 0;
  #bindId = '';
  #maxBytes: number | undefined;
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
    return this.#state;
  }

  /** What a later connection needs to go on with this stream (XEP-0198, 5). */
  get resumption(): ResumptionState | undefined {
    return this.#sm.resumption;
  }

  /** A fresh id for a stanza. */
  nextId(): string {
    this.#lastId += 1;
    return `${this.#options.idPrefix}-${this.#lastId}`;
  }

  /** The socket is open: begins the stream. */
  open(now: number): StreamEffect[] {
    this.#enter({ name: 'opening' });
    this.#deadline = now + this.#options.setupTimeout;
    this.#send(buildOpen(this.#options.domain));
    if (this.#isPipelined) this.#send(buildAuth(this.#options.credentials));
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
      return this.unreadable(error);
    }
    return this.receiveElement(element, now);
  }

  /** Likewise, from a transport that has parsed it. */
  receiveElement(element: XmlElement, now: number): StreamEffect[] {
    if (this.#state.name === 'ended') return [];
    this.#liveness?.received();
    try {
      this.#handle(element, now);
    } catch (error) {
      if (error instanceof ParseError) return this.unreadable(error);
      if (!(error instanceof ProtocolError || error instanceof RefusedError)) throw error;
      this.#fail(error);
    }
    return this.#flush();
  }

  /**
   * What arrived could not be read. Frames are independent of each other (RFC 7395, 3.3.3), so an established stream survives it:
   * otherwise another occupant's oversized presence could throw us out.
   */
  unreadable(error: JitsiError): StreamEffect[] {
    if (this.#state.name === 'ended') return [];
    this.#liveness?.received();
    if (this.#state.name === 'established') this.#effects.push({ type: 'warning', error });
    else {
      const words = `logging in to ${this.#options.domain}: ${error.message}`;
      this.#fail(new ProtocolError(words, { code: error.code, cause: error }));
    }
    return this.#flush();
  }

  /** Sends any element as it is. */
  send(element: XmlElement): StreamEffect[] {
    this.#send(element);
    return this.#flush();
  }

  /**
   * Sends a request; its end comes as an `answer` effect with its id.
   * @param tried what it is for, in words, for error messages
   * @param timeout ms
   */
  request(iq: XmlElement, tried: string, timeout: number, now: number): StreamEffect[] {
    this.#iqs.track(iq, tried, timeout, now);
    this.#send(iq);
    return this.#flush();
  }

  /** Ends the stream in order; `ended` follows when the server has closed too, or with {@link socketClosed}. */
  close(): StreamEffect[] {
    if (this.#state.name === 'ended' || this.#state.name === 'closing') return [];
    if (this.#sm.active) this.#send(this.#sm.acknowledgement());
    this.#send(buildClose());
    this.#enter({ name: 'closing' });
    this.#deadline = undefined;
    return this.#flush();
  }

  /** The socket is gone. @param reason in words, for the error */
  socketClosed(reason: string): StreamEffect[] {
    if (this.#state.name === 'closing') this.#end();
    else {
      this.#end(
        new ConnectionError(`the connection to ${this.#options.domain} was lost: ${reason}`, {
          code: 'connection-lost',
          retryable: true,
        }),
      );
    }
    return this.#flush();
  }

  /** Time passed; call when `nextTimeout()` is reached. */
  tick(now: number): StreamEffect[] {
    if (this.#deadline !== undefined && now >= this.#deadline) {
      this.#fail(
        new TimeoutError(
          `logging in to ${this.#options.domain}: the server did not go on after ${this.#state.name} within ${this.#options.setupTimeout / 1000} s`,
          { code: 'login-timeout', retryable: true },
        ),
      );
    }
    for (const { id, outcome } of this.#iqs.expire(now)) this.#answer(id, outcome);
    if (this.#state.name === 'established' && this.#liveness?.look(now)) this.#ping(now);
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
    const streamError = parseStreamError(element);
    if (streamError) {
      const words = streamError.text === undefined ? '' : ` (${streamError.text})`;
      this.#end(
        new ConnectionError(
          `the server ${this.#options.domain} ended the stream: ${streamError.condition}${words}`,
          {
            code: `stream-${streamError.condition}`,
            // RFC 6120, 4.9.3.22: the server is being shut down, others or a later try may do.
            retryable:
              streamError.condition === 'system-shutdown' || streamError.condition === 'connection-timeout',
          },
        ),
      );
      return;
    }
    if (is(element, ns.framing, 'close')) return this.#serverClosed();
    const reply = this.#sm.received(element);
    if (reply) return this.#send(reply);
    if (isStanza(element)) return this.#stanza(element, now);
    this.#negotiate(element, now);
  }

  /** The steps before `established`. */
  #negotiate(element: XmlElement, now: number): void {
    switch (this.#state.name) {
      case 'opening':
        if (isStreamFeatures(element)) {
          const { credentials, domain } = this.#options;
          requireMechanism(credentials, parseStreamFeatures(element).mechanisms, domain);
          this.#enter({ name: 'authenticating' });
          if (!this.#isPipelined) this.#send(buildAuth(credentials));
        }
        return;
      case 'authenticating':
        if (is(element, ns.sasl, 'failure'))
          throw authenticationError(element, this.#options.domain, this.#options.credentials.mechanism);
        if (is(element, ns.sasl, 'success')) {
          this.#enter({ name: 'restarting' });
          if (this.#isPipelined) this.#sendFlight(now);
          else this.#send(buildOpen(this.#options.domain));
        }
        return;
      case 'restarting':
        if (isStreamFeatures(element)) this.#bind(parseStreamFeatures(element), now);
        return;
      case 'enabling':
        if (is(element, ns.sm, 'enabled')) this.#sm.enabled(element);
        else if (!is(element, ns.sm, 'failed')) return;
        else if (this.#isPipelined) throw this.#outOfOrder('declines stream management that it offers');
        else this.#sm.disable();
        this.#established(this.#state.jid, now);
        return;
      case 'idle':
      case 'binding':
      case 'established':
      case 'closing':
      case 'ended':
        return;
      default:
        this.#state satisfies never;
    }
  }

  #bind(features: StreamFeatures, now: number): void {
    if (!features.bind) {
      throw new ProtocolError(
        `logging in to ${this.#options.domain}: the server offers no resource binding after login`,
        { code: 'no-bind' },
      );
    }
    this.#maxBytes = features.maxBytes;
    this.#enter({ name: 'binding', features });
    if (!this.#isPipelined) this.#sendBind(now);
  }

  get #isPipelined(): boolean {
    return this.#options.login === 'pipelined';
  }

  /** All that an orderly login would send after the `<success/>`. */
  #sendFlight(now: number): void {
    this.#send(buildOpen(this.#options.domain));
    this.#sendBind(now);
    // What follows it counts; whether it is offered shows later.
    if (this.#options.streamManagement) this.#send(this.#sm.enable());
    this.#effects.push({ type: 'flight' });
  }

  #sendBind(now: number): void {
    const iq = iqSet(undefined, this.nextId(), xml(ns.bind, 'bind'));
    this.#bindId = iq.attrs.id ?? '';
    this.#iqs.track(iq, 'binding a resource', this.#options.setupTimeout, now);
    this.#send(iq);
  }

  #outOfOrder(what: string): ProtocolError {
    return new ProtocolError(
      `logging in to ${this.#options.domain}: the server ${what}; it may not take the steps of a login in one go`,
      { code: 'login-out-of-order' },
    );
  }

  #bound(outcome: IqOutcome, features: StreamFeatures, now: number): void {
    if (!outcome.ok)
      throw new RefusedError(messageOf(outcome.error), { code: 'bind-refused', cause: outcome.error });
    const bind = child(outcome.result, 'bind', ns.bind);
    const jid = bind && childText(bind, 'jid');
    if (!jid)
      throw new ProtocolError(`logging in to ${this.#options.domain}: the server bound no address`, {
        code: 'no-bind',
      });
    this.#iqs.bound(jid);
    if (this.#options.streamManagement && features.streamManagement) {
      this.#enter({ name: 'enabling', jid });
      if (!this.#isPipelined) this.#send(this.#sm.enable());
    } else {
      // In a flight it was asked for all the same.
      this.#sm.disable();
      this.#established(jid, now);
    }
  }

  #established(jid: string, now: number): void {
    this.#enter({ name: 'established', jid });
    this.#deadline = undefined;
    this.#liveness = new Liveness(this.#options.ping, now);
    this.#effects.push({ type: 'established', jid });
  }

  #stanza(stanza: XmlElement, now: number): void {
    const answer = isStanzaNamed(stanza, 'iq') ? this.#iqs.match(stanza) : undefined;
    if (!answer) this.#effects.push({ type: 'stanza', stanza });
    else if (this.#state.name === 'established' || this.#state.name === 'closing')
      this.#answer(answer.id, answer.outcome);
    else if (this.#state.name === 'binding' && answer.id === this.#bindId)
      this.#bound(answer.outcome, this.#state.features, now);
    // Only a flight can have asked before the login was complete.
    else throw this.#outOfOrder(`answered before ${this.#state.name} was done`);
  }

  #ping(now: number): void {
    const iq = iqGet(this.#options.pingTo, this.nextId(), xml(ns.ping, 'ping'));
    this.#pings.add(iq.attrs.id ?? '');
    this.#iqs.track(iq, 'ping', this.#options.ping.timeout, now);
    this.#send(iq);
  }

  #answer(id: string, outcome: IqOutcome): void {
    if (!this.#pings.delete(id)) {
      this.#effects.push({ type: 'answer', id, outcome });
      return;
    }
    // Any answer, a refusal too, shows that the server lives.
    if (outcome.ok || outcome.error instanceof StanzaError || !this.#liveness?.missed()) return;
    this.#fail(
      new ConnectionError(
        `${this.#options.pingTo} stopped answering: ${this.#options.ping.threshold} pings in a row had no reply`,
        {
          code: 'connection-lost',
          retryable: true,
        },
      ),
    );
  }

  #serverClosed(): void {
    if (this.#state.name === 'closing') return this.#end();
    this.#send(buildClose());
    this.#end(
      new ConnectionError(`the server ${this.#options.domain} closed the stream`, {
        code: 'stream-closed',
        retryable: true,
      }),
    );
  }

  /** Ends the stream from our side because of `error`. */
  #fail(error: JitsiError): void {
    if (this.#state.name === 'ended') return;
    if (this.#state.name !== 'closing') this.#send(buildClose());
    this.#end(error);
  }

  #end(error?: JitsiError): void {
    if (this.#state.name === 'ended') return;
    this.#enter({ name: 'ended' });
    this.#deadline = undefined;
    const reason = error ?? new ConnectionError('the connection was closed', { code: 'connection-closed' });
    for (const { id, outcome } of this.#iqs.failAll(reason)) {
      if (!this.#pings.delete(id)) this.#effects.push({ type: 'answer', id, outcome });
    }
    this.#effects.push(error ? { type: 'ended', error } : { type: 'ended' });
  }

  #send(element: XmlElement): void {
    if (this.#state.name === 'ended' || this.#state.name === 'closing') return;
    this.#effects.push({ type: 'send', element });
    const request = this.#sm.sent(element);
    if (request) this.#effects.push({ type: 'send', element: request });
  }

  #enter(state: StreamState): void {
    this.#state = state;
  }

  #flush(): StreamEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
