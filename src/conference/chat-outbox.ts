/**
 * Chat that is not confirmed yet. A message is written at most once: what was never written is kept over a loss of the connection and written
 * after it; what was written and not acknowledged is looked for in what the room then tells, and is not written again.
 *
 * waiting → written → confirmed; written → doubtful (the connection is lost) → confirmed or not
 */
import type { Milliseconds } from '../base/clock.ts';
import { earliest } from '../base/earliest.ts';
import { ConnectionError, TimeoutError } from '../base/errors.ts';
import type { XmlElement } from '../xml/element.ts';
import type { IqOutcome } from '../xmpp/iq-tracker.ts';
import { comingBackTime } from './reconnect/back-off.ts';

export interface ChatPolicy {
  /** What is done with a message while there is no connection. */
  whenDisconnected: 'queue' | 'refuse';
  /** Messages that wait at most. */
  limit: number;
  /** ms that one may wait. */
  maxAge: Milliseconds;
}

export interface ChatOutboxPorts {
  /** Writes it. */
  send(stanza: XmlElement, now: Milliseconds): void;
  /** The server is to say that it has what was written. */
  askForAcknowledgement(now: Milliseconds): void;
  /** What becomes of a message. */
  answer(id: string, outcome: IqOutcome): void;
  /** Whether whom a private message is for is in the room. */
  isHere(occupantJid: string): boolean;
}

interface Entry {
  stanza: XmlElement;
  isPrivate: boolean;
  state: 'waiting' | 'written' | 'doubtful';
  /** Written, and the server has it. */
  isAcknowledged: boolean;
  /** The server was asked whether it has it, as there was no echo. */
  isDoubted: boolean;
  /** When it is given up, ms since the epoch. */
  deadline: Milliseconds | undefined;
}

/** ms for the room to reflect a message, and for the server to acknowledge a private one. */
const confirmTimeout: Milliseconds = 10_000;
/** ms for a server that lives to say what it has; a dead one is found out sooner. */
const acknowledgementTimeout: Milliseconds = 60_000;
/** ms for the echo of what the server has, which mostly comes before it says so. */
const echoTimeout: Milliseconds = 1_000;
const tried = 'sending a chat message';
const nothing: XmlElement = { name: 'message', ns: '', attrs: {}, children: [] };

export class ChatOutbox {
  readonly #policy: ChatPolicy;
  readonly #ports: ChatOutboxPorts;
  /** By id, in the order in which they were said. */
  readonly #entries = new Map<string, Entry>();
  #isConnected = false;
  /** When something is to be given up, or earlier. */
  #nextAt: Milliseconds | undefined;
  /** The server acknowledges what we send. */
  #isAcknowledging = false;

  constructor(policy: ChatPolicy, ports: ChatOutboxPorts) {
    this.#policy = policy;
    this.#ports = ports;
  }

  /** @param stanza a message with an id */
  say(stanza: XmlElement, now: Milliseconds): void {
    const { id = '', type } = stanza.attrs;
    const entry: Entry = {
      stanza,
      isPrivate: type === 'chat',
      state: 'waiting',
      isAcknowledged: false,
      isDoubted: false,
      deadline: undefined,
    };
    if (!this.#isConnected) {
      const refusal = this.#refusal();
      if (refusal) return this.#ports.answer(id, { ok: false, error: refusal });
      this.#giveUpAt(entry, now + this.#policy.maxAge);
    }
    this.#entries.set(id, entry);
    if (this.#isConnected) this.#write(id, entry, now);
  }

  /** The room has told it to everybody. */
  echoed(id: string): void {
    if (this.#entries.get(id)?.isPrivate === false) this.#confirm(id);
  }

  /** The server has it. */
  acknowledged(ids: readonly string[], now: Milliseconds): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry?.isPrivate) this.#confirm(id);
      else if (entry?.state === 'written') {
        entry.isAcknowledged = true;
        // It was asked for late, and the echo comes first.
        if (entry.isDoubted) this.#giveUpAt(entry, now + echoTimeout);
      }
    }
  }

  /** Somebody has come: what waited for them is written. */
  arrived(occupantJid: string, now: Milliseconds): void {
    if (!this.#isConnected) return;
    for (const [id, entry] of this.#entries)
      if (entry.state === 'waiting' && entry.stanza.attrs.to === occupantJid) this.#write(id, entry, now);
  }

  failed(id: string, error: Error): void {
    if (this.#entries.has(id)) this.#reject(id, error);
  }

  /** We are in the room, all that was said before is told, and what waits may be written. @param isAcknowledging the server acknowledges what it gets */
  connected(isAcknowledging: boolean, now: Milliseconds): void {
    this.#isConnected = true;
    this.#isAcknowledging = isAcknowledging;
    for (const [id, entry] of this.#entries) {
      if (entry.state === 'doubtful') this.#reject(id, unknown());
      else if (entry.state === 'written') this.#giveUpAt(entry, now + confirmTimeout);
      else if (this.#isReachable(entry)) this.#write(id, entry, now);
      // When a server restarts, everybody comes back, one by one.
      else this.#giveUpAt(entry, Math.min(entry.deadline ?? Infinity, now + comingBackTime));
    }
  }

  /** The connection is lost. What was written may have arrived, and its confirmation may still come. */
  disconnected(): void {
    this.#isConnected = false;
    for (const entry of this.#entries.values()) if (entry.state === 'written') entry.deadline = undefined;
  }

  /**
   * The stream cannot be resumed.
   * @param unconfirmed ids of what was written, and not acknowledged, where the server acknowledges
   * @param unsent ids of what was not written
   */
  lost(unconfirmed: ReadonlySet<string>, unsent: ReadonlySet<string>, now: Milliseconds): void {
    for (const [id, entry] of this.#entries) {
      if (entry.state !== 'written') continue;
      if (unsent.has(id)) {
        entry.state = 'waiting';
        entry.isAcknowledged = false;
        entry.isDoubted = false;
        this.#giveUpAt(entry, now + this.#policy.maxAge);
      } else if (this.#isAcknowledging && !unconfirmed.has(id)) this.#confirm(id);
      else if (entry.isPrivate) this.#reject(id, unknown());
      else entry.state = 'doubtful';
    }
  }

  tick(now: Milliseconds): void {
    if (this.#nextAt === undefined || now < this.#nextAt) return;
    this.#nextAt = undefined;
    for (const [id, entry] of this.#entries) {
      if (entry.deadline !== undefined && now >= entry.deadline) this.#overdue(id, entry, now);
      this.#nextAt = earliest(this.#nextAt, entry.deadline);
    }
  }

  nextTimeout(): Milliseconds | undefined {
    return this.#nextAt;
  }

  #overdue(id: string, entry: Entry, now: Milliseconds): void {
    entry.deadline = undefined;
    if (entry.state === 'waiting')
      return this.#reject(id, this.#isConnected ? gone() : tooOld(this.#policy.maxAge));
    if (!this.#isAcknowledging || entry.isAcknowledged || entry.isDoubted) return this.#reject(id, noEcho());
    // The server does not say that it has it: the connection may be dead, and what becomes of that decides.
    entry.isDoubted = true;
    this.#giveUpAt(entry, now + acknowledgementTimeout);
    this.#ports.askForAcknowledgement(now);
  }

  #refusal(): ConnectionError | undefined {
    const { limit, whenDisconnected } = this.#policy;
    if (whenDisconnected === 'refuse') return notConnected('there is no connection now, and nothing is kept');
    const waiting = [...this.#entries.values()].filter(({ state }) => state === 'waiting').length;
    return waiting < limit ? undefined : notConnected(`${limit} messages wait already`);
  }

  #write(id: string, entry: Entry, now: Milliseconds): void {
    entry.state = 'written';
    this.#giveUpAt(entry, now + confirmTimeout);
    this.#ports.send(entry.stanza, now);
    if (!entry.isPrivate) return;
    if (this.#isAcknowledging) this.#ports.askForAcknowledgement(now);
    // There is nothing else to wait for.
    else this.#confirm(id);
  }

  #giveUpAt(entry: Entry, deadline: Milliseconds): void {
    entry.deadline = deadline;
    this.#nextAt = earliest(this.#nextAt, deadline);
  }

  #isReachable({ isPrivate, stanza }: Entry): boolean {
    return !isPrivate || this.#ports.isHere(stanza.attrs.to ?? '');
  }

  #reject(id: string, error: Error): void {
    this.#settle(id, { ok: false, error });
  }

  #confirm(id: string): void {
    this.#settle(id, { ok: true, result: nothing });
  }

  #settle(id: string, outcome: IqOutcome): void {
    this.#entries.delete(id);
    this.#ports.answer(id, outcome);
  }
}

function notConnected(why: string): ConnectionError {
  return new ConnectionError(`${tried}: ${why}; send it again after \`reconnected\``, {
    code: 'not-connected',
    retryable: true,
  });
}

function tooOld(maxAge: Milliseconds): ConnectionError {
  return notConnected(`it has waited ${maxAge / 1000} s for a connection, and was not sent`);
}

function gone(): ConnectionError {
  return new ConnectionError(`${tried}: who it was for has left meanwhile; it was not sent`, {
    code: 'participant-gone',
  });
}

function noEcho(): TimeoutError {
  const seconds = confirmTimeout / 1000;
  return unconfirmed(`the room did not reflect it within ${seconds} s; it may not have arrived`);
}

function unknown(): TimeoutError {
  return unconfirmed(
    'the connection was lost after it was written and before it was acknowledged, and the room does not tell it; it may have arrived or not, and is not sent again',
  );
}

function unconfirmed(why: string): TimeoutError {
  return new TimeoutError(`${tried}: ${why}`, { code: 'message-not-confirmed' });
}
