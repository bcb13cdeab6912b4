/**
 * Stream management (XEP-0198, version 3): counts and acknowledges stanzas, and keeps what a resumption needs (section 5).
 * It outlives the socket: without one it keeps what is to be sent.
 *
 * `h` is counted when a stanza has been parsed, before anybody handles it: a handler that fails must not make the counts
 * of the two sides drift apart.
 */
import { ProtocolError } from '../base/errors.ts';
import { type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';
import { isStanza } from './stanza.ts';

/** `h` wraps at 2^32 (XEP-0198, 4). */
const modulus = 2 ** 32;
/** We ask for an acknowledgement after this many stanzas, as the reference client does. */
const requestEvery = 5;
/** What an id may have at most (XEP-0198, 3); it goes into URLs. */
const longestId = 4_000;
/** Unacknowledged stanzas that are kept for a resumption; a server that never acknowledges costs no more memory. */
export const keptLimit = 2_000;

/** What a later connection needs to resume this stream. */
export interface ResumptionState {
  id: string;
  /** ms that the server keeps the stream without a connection, where it says so. */
  maxTime: number | undefined;
  /** Stanzas received so far, modulo 2^32. */
  received: number;
}

/** What a stream leaves behind, oldest first. Only of a stream that counted. */
export interface Undelivered {
  /** Written to a socket and not acknowledged: the server may have them or not. */
  unconfirmed: readonly XmlElement[];
  /** Never written. */
  unsent: readonly XmlElement[];
}

/** Where counting begins: 0 and 0 on every stream. */
export interface StanzaCounts {
  received: number;
  acknowledged: number;
}

export class StreamManagement {
  #id: string | undefined;
  #maxTime: number | undefined;
  #isSending = false;
  #isReceiving = false;
  #isDetached = false;
  #received: number;
  #acknowledged: number;
  #sinceRequest = 0;
  /** A request of ours is under way. */
  #isAsking = false;
  /** Somebody waits for what was sent after it. */
  #mustAskAgain = false;
  /** Not acknowledged, oldest first; those that were never written are at the end. */
  #kept: XmlElement[] = [];
  #unwritten = 0;
  #isComplete = true;

  constructor(counts: StanzaCounts = { received: 0, acknowledged: 0 }) {
    this.#received = counts.received;
    this.#acknowledged = counts.acknowledged;
  }

  /** The request that starts it; from here on what we send counts. */
  enable(): XmlElement {
    this.#isSending = true;
    return xml(ns.sm, 'enable', { resume: true });
  }

  /** The server's `<enabled/>`; from here on what it sends counts. */
  enabled({ attrs: { resume, id, max } }: XmlElement): void {
    this.#isReceiving = true;
    if (resume !== 'true' && resume !== '1') return;
    if (id === undefined || id.length > longestId) return;
    this.#id = id;
    if (max !== undefined && /^\d{1,9}$/.test(max)) this.#maxTime = Number(max) * 1000;
  }

  /** The server declined: nothing is counted. */
  disable(): void {
    this.#isSending = false;
    this.#isReceiving = false;
    this.#kept = [];
  }

  /** Whether stanzas are counted in both directions. */
  get active(): boolean {
    return this.#isSending && this.#isReceiving;
  }

  /** Undefined when the server would not resume, or too many stanzas are not acknowledged. */
  get resumption(): ResumptionState | undefined {
    if (this.#id === undefined || !this.#isComplete) return undefined;
    return { id: this.#id, maxTime: this.#maxTime, received: this.#received };
  }

  get undelivered(): Undelivered {
    const written = this.#kept.length - this.#unwritten;
    return { unconfirmed: this.#kept.slice(0, written), unsent: this.#kept.slice(written) };
  }

  /** Notes an element that is written; returns what must be sent after it, if anything. */
  sent(element: XmlElement): XmlElement | undefined {
    if (!this.#isSending || this.#isDetached || !isStanza(element)) return undefined;
    this.#kept.push(element);
    if (this.#kept.length > keptLimit) {
      this.#kept.shift();
      this.#acknowledged = (this.#acknowledged + 1) % modulus;
      this.#isComplete = false;
    }
    this.#sinceRequest += 1;
    return this.#sinceRequest < requestEvery ? undefined : this.#request();
  }

  /** Somebody waits for an acknowledgement. @returns what must be sent, if anything: one request at a time is under way */
  ask(): XmlElement | undefined {
    if (!this.#isAsking) return this.#request();
    this.#mustAskAgain = true;
    return undefined;
  }

  /** What must be sent after an acknowledgement, if anything. */
  nextRequest(): XmlElement | undefined {
    return this.#mustAskAgain && !this.#isAsking ? this.#request() : undefined;
  }

  /** Keeps a stanza for the next socket. @returns false when that was one too many */
  keep(stanza: XmlElement): boolean {
    this.#kept.push(stanza);
    this.#unwritten += 1;
    return this.#kept.length <= keptLimit;
  }

  /** Counts an incoming stanza. */
  received(element: XmlElement): void {
    if (this.#isReceiving && !this.#isDetached && isStanza(element))
      this.#received = (this.#received + 1) % modulus;
  }

  /** `<a/>` with our count, also sent before closing so that the server loses nothing. */
  acknowledgement(): XmlElement {
    return xml(ns.sm, 'a', { h: this.#received });
  }

  /**
   * The server's count.
   * @returns the stanzas that it covers, oldest first
   * @throws ProtocolError `sm-handled-too-many` when it is none, or counts what was never sent (XEP-0198, 4)
   */
  acknowledge(h: string | undefined): XmlElement[] {
    if (!this.#isSending) return [];
    const handled = h !== undefined && /^\d{1,10}$/.test(h) ? Number(h) : modulus;
    const count = (handled - this.#acknowledged + modulus) % modulus;
    const written = this.#kept.length - this.#unwritten;
    const isBeyond = count > written;
    if (handled >= modulus || (isBeyond && this.#isComplete)) {
      throw new ProtocolError(
        `the server acknowledged h=${h}, but only ${written} stanzas after ${this.#acknowledged} are outstanding`,
        { code: 'sm-handled-too-many' },
      );
    }
    this.#isAsking = false;
    // Once stanzas were forgotten, an older `h` than our mark is an ordinary late acknowledgement.
    if (isBeyond) return [];
    this.#acknowledged = handled;
    // What was forgotten has arrived.
    this.#isComplete = true;
    return this.#kept.splice(0, count);
  }

  /** The socket is gone: nothing is counted until {@link resume}. */
  detach(): void {
    this.#isDetached = true;
    this.#isAsking = false;
  }

  /** The stream goes on over another socket. @returns what must be written first: what is not acknowledged, in order */
  resume(): XmlElement[] {
    this.#isDetached = false;
    this.#unwritten = 0;
    return this.#kept.length === 0 ? [] : [...this.#kept, this.#request()];
  }

  #request(): XmlElement {
    this.#sinceRequest = 0;
    this.#isAsking = true;
    this.#mustAskAgain = false;
    return xml(ns.sm, 'r');
  }
}
