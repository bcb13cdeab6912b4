/** Requests under way (RFC 6120, 8.2.3): matches answers to them, and ends those that get none in time. */
import { TimeoutError, UsageError } from '../base/errors.ts';
import type { XmlElement } from '../xml/element.ts';
import { bareJid, domainOf } from './jid.ts';
import { parseStanzaError, StanzaError } from './stanza-error.ts';

/** How a request ended: with the `<iq type="result"/>`, or with a StanzaError, TimeoutError or the stream's own error. */
export type IqOutcome = { ok: true; result: XmlElement } | { ok: false; error: Error };

export interface IqAnswer {
  id: string;
  outcome: IqOutcome;
}

interface Pending {
  to: string | undefined;
  tried: string;
  timeout: number;
  deadline: number;
}

export class IqTracker {
  readonly #pending = new Map<string, Pending>();
  /** Our own address, known once bound: answers about ourselves may come from it or from our server without a `from`. */
  #self: string;

  constructor(domain: string) {
    this.#self = domain;
  }

  bound(jid: string): void {
    this.#self = jid;
  }

  /** @param tried what the request is for, in words, for error messages */
  track(iq: XmlElement, tried: string, timeout: number, now: number): void {
    const { id, to } = iq.attrs;
    if (id === undefined || this.#pending.has(id)) {
      throw new UsageError(`${tried}: a request needs an id of its own, got ${id}; take one from nextId()`, {
        code: 'iq-id',
      });
    }
    this.#pending.set(id, { to, tried, timeout, deadline: now + timeout });
  }

  /** The outcome, if `iq` answers a request of ours; undefined if it is nobody's answer. */
  match(iq: XmlElement): IqAnswer | undefined {
    const { id, type, from } = iq.attrs;
    if (id === undefined || (type !== 'result' && type !== 'error')) return undefined;
    const request = this.#pending.get(id);
    // An answer counts only from whom the request went to (RFC 6120, 8.1.2.1): ids can be guessed.
    if (!request || !this.#sameParty(request.to, from)) return undefined;
    this.#pending.delete(id);
    if (type === 'result') return { id, outcome: { ok: true, result: iq } };
    return { id, outcome: { ok: false, error: new StanzaError(request.tried, parseStanzaError(iq)) } };
  }

  /** Ends the requests whose time is over. */
  expire(now: number): IqAnswer[] {
    const expired = [...this.#pending].filter(([, { deadline }]) => deadline <= now);
    return expired.map(([id, { tried, timeout, to }]) => {
      this.#pending.delete(id);
      const error = new TimeoutError(
        `${tried}: no answer from ${to ?? 'the server'} within ${timeout / 1000} s; it may be overloaded or not running`,
        { code: 'no-answer', retryable: true },
      );
      return { id, outcome: { ok: false, error } };
    });
  }

  /** Ends all requests with `error`. */
  failAll(error: Error): IqAnswer[] {
    const ids = [...this.#pending.keys()];
    this.#pending.clear();
    return ids.map((id) => ({ id, outcome: { ok: false, error } }));
  }

  nextDeadline(): number | undefined {
    let earliest: number | undefined;
    for (const { deadline } of this.#pending.values()) {
      if (earliest === undefined || deadline < earliest) earliest = deadline;
    }
    return earliest;
  }

  #sameParty(to: string | undefined, from: string | undefined): boolean {
    if (to === from) return true;
    const ourServer = [undefined, this.#self, bareJid(this.#self), domainOf(this.#self)];
    return ourServer.includes(to) && ourServer.includes(from);
  }
}
