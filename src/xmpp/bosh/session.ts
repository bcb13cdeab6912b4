/**
 * XMPP over BOSH (XEP-0124, XEP-0206) as a pure machine. Above it stands a stream that thinks it has a WebSocket: its first `<open/>`
 * creates the session, a later one restarts the stream, its `<close/>` terminates the session; what else it sends is collected into
 * request bodies, and what they are answered with comes back element by element. Below it somebody makes the requests.
 *
 * The server holds one request and answers it when it has something to say; a second one carries what we have to say meanwhile.
 * Requests are numbered: one that broke is repeated under its number, so that nothing is lost or done twice, and answers are taken
 * in order.
 */
import { earliest } from '../../base/earliest.ts';
import { ConnectionError, type JitsiError, ParseError, ProtocolError } from '../../base/errors.ts';
import { type RandomBytes, randomUint32 } from '../../base/random.ts';
import { is, type XmlElement } from '../../xml/element.ts';
import { serialize } from '../../xml/serialize.ts';
import { buildStreamError, isStreamError } from '../framing.ts';
import { ns } from '../namespaces.ts';
import {
  type Body,
  buildBody,
  buildCreation,
  emptyBody,
  longestWait,
  parseBody,
  restartAttributes,
  type Terms,
} from './body.ts';

export type BoshEffect =
  /** POST this; ms for the whole exchange. May come again with the same number. */
  | { type: 'request'; rid: number; body: string; timeout: number }
  | { type: 'element'; element: XmlElement }
  /** An answer that was beyond what we take: it is lost. */
  | { type: 'unreadable'; error: JitsiError }
  /** There is no session to be had; the last effect. */
  | { type: 'failed'; error: JitsiError }
  /** The session is over; the last effect. @param reason in words */
  | { type: 'closed'; reason: string };

export interface HttpOutcome {
  status: number;
  body: string;
  /** ms */
  retryAfter?: number;
}

interface UnderWay {
  body: string;
  isEmpty: boolean;
  tries: number;
  /** Since when it has been failing, and when it is repeated. */
  brokenSince?: number;
  retryAt?: number | undefined;
}

/** ms that an answer may take beyond the time for which the server holds the request */
const grace = 15_000;
/** ms before a broken request is repeated: so many at first, doubled each time */
const retryFirst = 500;
const retryMost = 8_000;
/** Tries to create a session: nothing is lost yet, and the caller may know another way. */
const creationTries = 3;
/** UTF-16 code units of payload in one request; a stanza beyond that goes alone. */
const payloadLimit = 64 * 1024;

/** Conditions that are those of a stream error, too (RFC 6120, 4.9.3): the stream above has the words and codes for them. */
const streamConditions = new Set(['host-gone', 'host-unknown', 'improper-addressing', 'system-shutdown']);

/** What a server would answer once more, if it were asked again. */
const ourLimits = new Set(['xml-too-large', 'xml-too-deep']);

type Queued = { type: 'stanza'; text: string } | { type: 'restart' } | { type: 'terminate' };

export class BoshSession {
  readonly #to: string;
  #state: 'idle' | 'creating' | 'open' | 'terminating' | 'over' = 'idle';
  #sid = '';
  #terms: Terms | undefined;
  #nextRid: number;
  /** The number of the answer that is due next. */
  #dueRid: number;
  readonly #underWay = new Map<number, UnderWay>();
  /** Answers that came before their turn. */
  readonly #early = new Map<number, Body>();
  readonly #queue: Queued[] = [];
  /** When the next empty request may go out. */
  #pollAt = 0;
  #effects: BoshEffect[] = [];

  /** @param to the virtual host */
  constructor(to: string, random: RandomBytes) {
    this.#to = to;
    // Unguessable, and far from 2^53 for ever (XEP-0124, 14.2).
    this.#nextRid = randomUint32(random);
    this.#dueRid = this.#nextRid;
  }

  /** What the stream sends; it goes out with the next {@link flush}. */
  send(element: XmlElement): void {
    if (is(element, ns.framing, 'open')) this.#queue.push({ type: 'restart' });
    else if (is(element, ns.framing, 'close')) this.#queue.push({ type: 'terminate' });
    else this.#queue.push({ type: 'stanza', text: serialize(element) });
  }

  /**
   * Makes requests of what was sent, as far as there may be more under way. To be called after every input, and after the stream has had its
   * say: what it answers goes out instead of an empty request.
   */
  flush(now: number): BoshEffect[] {
    this.#pump(now);
    return this.#take();
  }

  /** A request was answered. */
  answered(rid: number, { status, body, retryAfter }: HttpOutcome, now: number): BoshEffect[] {
    if (!this.#underWay.has(rid) || this.#state === 'over') return [];
    if (status === 200) this.#read(rid, body, now);
    else {
      const error = new ConnectionError(`BOSH: the server answered with HTTP status ${status}`, {
        code: 'bosh-refused',
        retryable: status >= 500 || status === 429,
      });
      this.#broke(rid, error, now, retryAfter);
    }
    return this.#take();
  }

  /** A request had no answer. */
  failed(rid: number, error: JitsiError, now: number): BoshEffect[] {
    if (!this.#underWay.has(rid) || this.#state === 'over') return [];
    if (error.code === 'http-too-large' && this.#state === 'open') this.#unreadable(rid, error, now);
    else this.#broke(rid, error, now);
    return this.#take();
  }

  tick(now: number): BoshEffect[] {
    if (this.#state === 'over') return [];
    for (const [rid, request] of this.#underWay) {
      if (request.retryAt !== undefined && now >= request.retryAt) {
        request.retryAt = undefined;
        this.#request(rid, request);
      }
    }
    return this.#take();
  }

  /** When `tick()` is due, ms since the epoch. */
  nextTimeout(): number | undefined {
    if (this.#state === 'over') return undefined;
    const retries = [...this.#underWay.values()].map(({ retryAt }) => retryAt);
    const poll = this.#state === 'open' && this.#underWay.size === 0 ? this.#pollAt : undefined;
    return earliest(poll, ...retries);
  }

  #pump(now: number): void {
    if (this.#state === 'idle' && this.#queue[0]?.type === 'restart') this.#create();
    while (this.#state === 'open' && this.#underWay.size < (this.#terms?.requests ?? 1)) {
      if (this.#queue.length > 0) this.#post();
      else if (this.#underWay.size === 0 && now >= this.#pollAt) this.#poll(now);
      else return;
    }
  }

  #create(): void {
    this.#queue.shift();
    this.#state = 'creating';
    const rid = this.#nextRid++;
    this.#start(rid, buildCreation(this.#to, rid), false);
  }

  /** As much of the queue as goes into one request. */
  #post(): void {
    const payload: string[] = [];
    let size = 0;
    let attrs = {};
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      if (next.type === 'restart' && payload.length > 0) break;
      if (next.type === 'stanza' && payload.length > 0 && size + next.text.length > payloadLimit) break;
      this.#queue.shift();
      if (next.type === 'restart') {
        attrs = restartAttributes(this.#to);
        break;
      }
      if (next.type === 'terminate') {
        attrs = { type: 'terminate' };
        this.#state = 'terminating';
        break;
      }
      payload.push(next.text);
      size += next.text.length;
    }
    this.#numbered(attrs, payload, false);
  }

  #poll(now: number): void {
    // Where the last one brought nothing, the next may not follow at once (XEP-0124, 12).
    this.#pollAt = now + (this.#terms?.polling ?? 1) * 1_000;
    this.#numbered({}, [], true);
  }

  #numbered(attrs: object, payload: readonly string[], isEmpty: boolean): void {
    const rid = this.#nextRid++;
    const last = this.#dueRid - 1;
    const ack = this.#terms?.acks && last !== rid - 1 ? { ack: last } : {};
    this.#start(rid, buildBody({ rid, sid: this.#sid, ...ack, ...attrs }, payload), isEmpty);
  }

  #start(rid: number, body: string, isEmpty: boolean): void {
    const request = { body, isEmpty, tries: 0 };
    this.#underWay.set(rid, request);
    this.#request(rid, request);
  }

  #request(rid: number, request: UnderWay): void {
    request.tries += 1;
    const timeout = (this.#terms?.wait ?? 0) * 1_000 + grace;
    this.#effects.push({ type: 'request', rid, body: request.body, timeout });
  }

  #read(rid: number, text: string, now: number): void {
    let body: Body;
    try {
      body = parseBody(text);
    } catch (error) {
      if (!(error instanceof ParseError || error instanceof ProtocolError)) throw error;
      if (ourLimits.has(error.code) && this.#state === 'open') return this.#unreadable(rid, error, now);
      // Somebody on the way has answered in the server's place.
      const words = `BOSH: the answer cannot be used: ${error.message}`;
      const isRetried = this.#state !== 'creating';
      const code = 'bosh-refused';
      return this.#broke(rid, new ConnectionError(words, { code, retryable: isRetried, cause: error }), now);
    }
    if (body.type === 'error') {
      const words = 'BOSH: the server asks for the same request again';
      return this.#broke(rid, new ConnectionError(words, { code: 'bosh-refused', retryable: true }), now);
    }
    this.#arrived(rid, body, now);
  }

  /** Nothing of it can be used, and it would be the same if it came again. */
  #unreadable(rid: number, error: JitsiError, now: number): void {
    this.#effects.push({ type: 'unreadable', error });
    this.#arrived(rid, emptyBody, now);
  }

  #arrived(rid: number, body: Body, now: number): void {
    this.#early.set(rid, body);
    for (let next = this.#early.get(this.#dueRid); next; next = this.#early.get(this.#dueRid)) {
      this.#early.delete(this.#dueRid);
      const request = this.#underWay.get(this.#dueRid);
      this.#underWay.delete(this.#dueRid);
      this.#dueRid += 1;
      // Two empty ones in a row, with nothing between them, are what a server may object to.
      if (!(request?.isEmpty && next.payload.length === 0)) this.#pollAt = now;
      this.#deliver(next);
      if (this.#state === 'over') return;
    }
  }

  #deliver(body: Body): void {
    if (this.#state === 'creating' && body.type !== 'terminate') {
      if (body.sid === undefined) {
        const words = 'BOSH: the server created no session';
        return this.#fail(new ConnectionError(words, { code: 'bosh-refused' }));
      }
      this.#sid = body.sid;
      this.#terms = body.terms;
      this.#state = 'open';
    }
    for (const element of body.payload) this.#effects.push({ type: 'element', element });
    if (body.type === 'terminate') this.#terminated(body);
  }

  #terminated({ condition, payload }: Body): void {
    const hasError = payload.some(isStreamError);
    if (!hasError && condition !== undefined && streamConditions.has(condition)) {
      this.#effects.push({ type: 'element', element: buildStreamError(condition) });
    }
    const why = condition === undefined ? '' : ` (${condition})`;
    this.#close(`the server ended the BOSH session${why}`);
  }

  #broke(rid: number, error: JitsiError, now: number, retryAfter = 0): void {
    const request = this.#underWay.get(rid);
    if (!request) return;
    request.brokenSince ??= now;
    const isCreation = this.#state === 'creating';
    const isTooLate = isCreation
      ? request.tries >= creationTries
      : now - request.brokenSince >= (this.#terms?.inactivity ?? longestWait) * 1_000;
    if (!error.retryable || isTooLate) return isCreation ? this.#fail(error) : this.#close(error.message);
    const backOff = Math.min(retryFirst * 2 ** (request.tries - 1), retryMost);
    request.retryAt = now + Math.max(backOff, Math.min(retryAfter, retryMost));
  }

  #fail(error: JitsiError): void {
    this.#state = 'over';
    this.#effects.push({ type: 'failed', error });
  }

  #close(reason: string): void {
    this.#state = 'over';
    this.#effects.push({ type: 'closed', reason });
  }

  #take(): BoshEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
