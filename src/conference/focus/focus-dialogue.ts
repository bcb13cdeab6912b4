/**
 * Asking the focus for the conference until it is ready: by IQ, or over HTTP while the connection is being made
 * (lib-jitsi-meet asks over HTTP before it connects; the two do not depend on each other). Says when to go on, when to ask
 * again, and when to give up.
 */
import type { JitsiError } from '../../base/errors.ts';
import { type ConferenceResponse, parseLoginUrl } from '../../jitsi/conference-request.ts';
import { LoginRequiredError } from '../../jitsi/conference-request-error.ts';
import { StanzaError } from '../../xmpp/stanza-error.ts';
import type { Connection } from '../connection/connection.ts';
import type { FocusRequest, FocusVerdict } from './focus-request.ts';
import type { HttpAnswer, HttpRequest } from '../io.ts';
import { type ConferenceOptions, timing } from '../options.ts';

export interface FocusSink {
  http(request: HttpRequest): void;
  ready(now: number): void;
  waiting(delay: number, why: string, now: number): void;
  failed(error: Error, now: number): void;
}

/** What went wrong last, and how often the focus was asked. */
export interface FocusTrouble {
  error: Error;
  asked: number;
}

export class FocusDialogue {
  readonly #request: FocusRequest;
  readonly #options: ConferenceOptions;
  readonly #sink: FocusSink;
  #isReady = false;
  #isOver = false;
  #retryAt: number | undefined;
  #asked = 0;
  #trouble: Error | undefined;

  constructor(request: FocusRequest, options: ConferenceOptions, sink: FocusSink) {
    this.#request = request;
    this.#options = options;
    this.#sink = sink;
  }

  /** Whether the deployment wants requests over HTTP. */
  get isOverHttp(): boolean {
    return this.#http !== undefined;
  }

  /** What the focus answered last. */
  get response(): ConferenceResponse | undefined {
    return this.#request.response;
  }

  /** The focus has said that it is in the room. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** When to ask again, ms since the epoch. */
  get retryAt(): number | undefined {
    return this.#retryAt;
  }

  /** Why there is no answer yet that helps: the last thing that went wrong, while it is asked again. */
  get trouble(): FocusTrouble | undefined {
    return this.#trouble && { error: this.#trouble, asked: this.#asked };
  }

  askOverHttp(): void {
    if (!this.#http) return;
    this.#asked += 1;
    this.#sink.http(this.#http);
  }

  askByIq(xmpp: Connection, now: number): void {
    const iq = this.#request.iq(xmpp.nextId());
    this.#asked += 1;
    xmpp.ask(iq, 'requesting the conference', timing.conferenceRequest, now, (outcome, later) => {
      // A stream that ends says so itself.
      if (!xmpp.isOpen) return;
      if (outcome.ok || outcome.error instanceof StanzaError) xmpp.flightAnswered();
      this.#verdict(this.#request.iqAnswered(outcome), xmpp, later);
    });
  }

  httpAnswered({ status, body, retryAfter }: HttpAnswer, xmpp: Connection, now: number): void {
    this.#verdict(this.#request.httpAnswered(status, body, retryAfter), xmpp, now);
  }

  httpFailed(error: JitsiError, xmpp: Connection, now: number): void {
    this.#verdict(this.#request.httpFailed(error), xmpp, now);
  }

  /** Asks again if it is time. */
  tick(xmpp: Connection, now: number): void {
    if (this.#retryAt === undefined || now < this.#retryAt) return;
    this.#retryAt = undefined;
    if (this.isOverHttp) this.askOverHttp();
    else this.askByIq(xmpp, now);
  }

  /** The focus was ready, but the room is gone. */
  askLater(delay: number, now: number): void {
    this.#isReady = false;
    this.#retryAt = now + delay;
  }

  stop(): void {
    this.#isOver = true;
    this.#retryAt = undefined;
  }

  get #http(): HttpRequest | undefined {
    return this.#request.http(this.#options.address, this.#options.token);
  }

  #verdict(verdict: FocusVerdict, xmpp: Connection, now: number): void {
    if (this.#isOver) return;
    this.#trouble = verdict.type === 'retry' ? verdict.trouble : undefined;
    switch (verdict.type) {
      case 'ready':
        this.#isReady = true;
        return this.#sink.ready(now);
      case 'retry':
        this.#retryAt = now + verdict.delay;
        return this.#sink.waiting(verdict.delay, verdict.why, now);
      case 'failed':
        if (verdict.error instanceof LoginRequiredError && !this.isOverHttp)
          this.#askLoginUrl(verdict.error, xmpp, now);
        else this.#sink.failed(verdict.error, now);
        return;
      default:
        verdict satisfies never;
    }
  }

  /** The focus wants a login: it may know the page for it. */
  #askLoginUrl(error: LoginRequiredError, xmpp: Connection, now: number): void {
    const iq = this.#request.loginUrlIq(xmpp.nextId());
    xmpp.ask(iq, 'asking for the login page', timing.loginUrl, now, (outcome, later) => {
      const url = outcome.ok ? parseLoginUrl(outcome.result, this.#options.address.origin) : undefined;
      this.#sink.failed(url === undefined ? error : error.withLoginUrl(url), later);
    });
  }
}
