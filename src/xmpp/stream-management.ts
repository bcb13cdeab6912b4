/**
 * Stream management (XEP-0198, version 3): counting and acknowledging stanzas, and the state a resumption needs. The
 * exchange that resumes a stream (section 5) is not implemented yet.
 *
 * `h` is counted when a stanza has been parsed, before anybody handles it: a handler that fails must not make the counts
 * of the two sides drift apart.
 */
import { ProtocolError } from '../base/errors.ts';
import { is, type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';
import { isStanza } from './stanza.ts';

/** `h` wraps at 2^32 (XEP-0198, 4). */
const modulus = 2 ** 32;
/** We ask for an acknowledgement after this many stanzas, as the reference client does. */
const requestEvery = 5;
/** Unacknowledged stanzas that are kept for a resumption; a server that never acknowledges costs no more memory. */
const keptLimit = 2_000;

/** What a later connection needs to resume this stream. */
export interface ResumptionState {
  id: string;
  /** Stanzas received so far, modulo 2^32. */
  received: number;
  /** Sent and not yet acknowledged, oldest first. */
  unacknowledged: readonly XmlElement[];
}

export class StreamManagement {
  #id: string | undefined;
  #received = 0;
  #receiving = false;
  #acknowledged = 0;
  #sinceRequest = 0;
  #unacknowledged: XmlElement[] = [];
  #complete = true;
  #sending = false;

  /** The request that starts it; from here on what we send counts. */
  enable(): XmlElement {
    this.#sending = true;
    return xml(ns.sm, 'enable', { resume: true });
  }

  /** The server's `<enabled/>`; from here on what it sends counts. */
  enabled(element: XmlElement): void {
    this.#receiving = true;
    if (element.attrs.resume === 'true' || element.attrs.resume === '1') this.#id = element.attrs.id;
  }

  /** The server declined: nothing is counted. */
  disable(): void {
    this.#sending = false;
    this.#receiving = false;
    this.#unacknowledged = [];
  }

  /** Notes an outgoing element; returns what must be sent after it, if anything. */
  sent(element: XmlElement): XmlElement | undefined {
    if (!this.#sending || !isStanza(element)) return undefined;
    this.#unacknowledged.push(element);
    if (this.#unacknowledged.length > keptLimit) {
      this.#unacknowledged.shift();
      this.#acknowledged = (this.#acknowledged + 1) % modulus;
      this.#complete = false;
    }
    this.#sinceRequest += 1;
    if (this.#sinceRequest < requestEvery) return undefined;
    this.#sinceRequest = 0;
    return xml(ns.sm, 'r');
  }

  /**
   * Notes an incoming element; returns the answer when it is a request for one.
   * @throws ProtocolError `sm-handled-too-many` when the server acknowledges what was never sent (XEP-0198, 4)
   */
  received(element: XmlElement): XmlElement | undefined {
    if (this.#receiving && isStanza(element)) this.#received = (this.#received + 1) % modulus;
    else if (is(element, ns.sm, 'r')) return this.acknowledgement();
    else if (is(element, ns.sm, 'a')) this.#acknowledge(element);
    return undefined;
  }

  /** `<a/>` with our count, also sent before closing so that the server loses nothing. */
  acknowledgement(): XmlElement {
    return xml(ns.sm, 'a', { h: this.#received });
  }

  /** Whether stanzas are counted in both directions. */
  get active(): boolean {
    return this.#sending && this.#receiving;
  }

  /** Undefined when the server would not resume, or too many stanzas were never acknowledged. */
  get resumption(): ResumptionState | undefined {
    if (this.#id === undefined || !this.#complete) return undefined;
    return { id: this.#id, received: this.#received, unacknowledged: [...this.#unacknowledged] };
  }

  #acknowledge(element: XmlElement): void {
    if (!this.#sending) return;
    const h = Number(element.attrs.h);
    const count = (h - this.#acknowledged + modulus) % modulus;
    if (
      !Number.isInteger(h) ||
      h < 0 ||
      h >= modulus ||
      (this.#complete && count > this.#unacknowledged.length)
    ) {
      throw new ProtocolError(
        `the server acknowledged h=${element.attrs.h}, but only ${this.#unacknowledged.length} stanzas after ${this.#acknowledged} are outstanding`,
        { code: 'sm-handled-too-many' },
      );
    }
    // Once stanzas were forgotten, an older `h` than our mark is an ordinary late acknowledgement.
    if (count > this.#unacknowledged.length) return;
    this.#unacknowledged.splice(0, count);
    this.#acknowledged = h;
  }
}
