/**
 * Stream management, the server's side (XEP-0198): the counts of one stream and what the client has not acknowledged. It
 * outlives the socket, so that the stream can be resumed on another one.
 */
import { child, type XmlElement, xml } from '../../xml/element.ts';
import { bareJid } from '../../xmpp/jid.ts';
import { ns } from '../../xmpp/namespaces.ts';
import type { Delivery } from './delivery.ts';
import { timestamp } from './timestamp.ts';

/** We ask for an acknowledgement when more than this many stanzas lack one, as Jitsi's Prosody is set to. */
const requestAfter = 5;
/** Prosody's `smacks_max_queue_size`: a stream that lags further behind cannot be resumed. */
const keptLimit = 500;

export type AckProblem = { condition: string; text: string };

interface SentStanza {
  delivery: Delivery;
  /** ms since the epoch */
  at: number;
}

export class ServerStreamManagement {
  /** What the client resumes with; undefined when it did not ask for that. */
  readonly token: string | undefined;
  /** Stanzas the client has sent since it enabled this. */
  received = 0;
  #acknowledged = 0;
  #sent = 0;
  #kept: SentStanza[] = [];
  #awaitingAck = false;
  #requestedAt = -1;

  constructor(token: string | undefined) {
    this.token = token;
  }

  /** Notes a stanza to the client. */
  push(delivery: Delivery, now: number): void {
    this.#sent += 1;
    this.#kept.push({ delivery, at: now });
    if (this.#kept.length > keptLimit) this.#kept.shift();
  }

  /** Whether `<r/>` is due; if so it counts as sent. One request at a time, and none for what was asked already. */
  takeRequest(): boolean {
    const outstanding = this.#sent - this.#acknowledged;
    if (this.#awaitingAck || outstanding <= requestAfter || this.#requestedAt === this.#sent) return false;
    this.#awaitingAck = true;
    this.#requestedAt = this.#sent;
    return true;
  }

  /** The client's `h`. */
  acknowledge(h: string | undefined): AckProblem | undefined {
    this.#awaitingAck = false;
    if (h === undefined || !/^\d+$/.test(h)) {
      return { condition: 'invalid-xml', text: "Missing or invalid 'h' attribute" };
    }
    const count = Number(h);
    if (count > this.#sent) {
      return {
        condition: 'undefined-condition',
        text: 'Client acknowledged more stanzas than sent by server',
      };
    }
    if (count < this.#acknowledged) {
      return {
        condition: 'undefined-condition',
        text: 'Client acknowledged less stanzas than already acknowledged',
      };
    }
    this.#acknowledged = count;
    this.#kept.splice(0, this.#kept.length - (this.#sent - count));
    return undefined;
  }

  /** False when stanzas were forgotten that the client has not acknowledged. */
  get isResumable(): boolean {
    return this.token !== undefined && this.#kept.length === this.#sent - this.#acknowledged;
  }

  /** The client's `h` when it resumes: one that is too high counts as all of it, as Prosody 0.12 has it. */
  acknowledgeResumed(h: string | undefined): AckProblem | undefined {
    const isTooHigh = h !== undefined && /^\d+$/.test(h) && Number(h) > this.#sent;
    return this.acknowledge(isTooHigh ? String(this.#sent) : h);
  }

  /** A new socket: nothing is asked on it yet, and the client is to be asked at once. */
  resumed(): void {
    this.#awaitingAck = true;
    this.#requestedAt = this.#sent;
  }

  /** What the client may not have seen, oldest first. */
  get unacknowledged(): readonly XmlElement[] {
    return this.#kept.map(({ delivery }) => delivery.stanza);
  }

  /** The same to be sent again; messages and presences say when they were sent first, from the client's own account. */
  replay(jid: string): readonly XmlElement[] {
    return this.#kept.map(({ delivery: { stanza }, at }) => {
      if (stanza.name === 'iq' || child(stanza, 'delay', ns.delay)) return stanza;
      const delay = xml(ns.delay, 'delay', { from: bareJid(jid), stamp: timestamp(at) });
      return { ...stanza, children: [...stanza.children, delay] };
    });
  }
}
