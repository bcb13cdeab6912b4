/**
 * STUN requests that are under way (RFC 8489, 6.2). werift throws an answer away that comes later than it has guessed from earlier ones;
 * here any answer counts as long as somebody wants to know it, however long the way is.
 */
import { type Address, classes, type Message, parseMessage } from '../parts.ts';
import type { Clock, Milliseconds } from '../../../base/clock.ts';

/** ms: the least that RFC 8445, 14.3 allows, since nothing is known of the way yet */
const rto: Milliseconds = 500;
/** ms between a request and its repetition that is asked for by {@link StunRequests.resend} */
const minResend: Milliseconds = 50;
/** 487, Role Conflict (RFC 8445, 7.2.5.1): the one error that changes what is asked next */
const roleConflict = 487;

/** ms until the next repetition, after so many transmissions; undefined when there is to be none */
export type Repetition = (sent: number) => Milliseconds | undefined;

/**
 * Of a connectivity check: the same interval all the time, because the other side may learn of us at any moment, and no attempt lasts
 * long enough for doubled intervals to be worth their delay.
 */
export const steadily: Repetition = () => rto;
/** RFC 8489, 6.2.1: seven transmissions */
export const backingOff: Repetition = (sent) => (sent < 7 ? rto * 2 ** (sent - 1) : undefined);
/** RFC 7675, 5.1 */
export const never: Repetition = () => undefined;

export interface StunRequestOptions {
  message: Message;
  to: Address;
  /** The answerer's password, which its answer must show; undefined for a server that has none. */
  key?: Buffer | undefined;
  repetition: Repetition;
  /** ms for which an answer counts */
  lifetime: Milliseconds;
  transmit(message: Message, to: Address): void;
  answered(response: Message, from: Address): void;
  /** It answers with an error, which may be over soon: a bridge does not know us before the focus has told it. */
  refused?(): void;
  /** Time is over, or the other side has the same role as we; the last call. */
  failed?(error: Error): void;
}

interface Request extends StunRequestOptions {
  sent: number;
  sentAt: Milliseconds;
  cancelResend: () => void;
  cancelEnd: () => void;
}

export class StunRequests {
  readonly #clock: Clock;
  readonly #requests = new Map<string, Request>();
  #isEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many wait for an answer. */
  get size(): number {
    return this.#requests.size;
  }

  send(options: StunRequestOptions): void {
    if (this.#isEnded) return;
    const { key, message, lifetime } = options;
    if (key) message.addMessageIntegrity(key).addFingerprint();
    const request: Request = {
      ...options,
      sent: 0,
      sentAt: 0,
      cancelResend: () => {},
      cancelEnd: this.#clock.schedule(lifetime, () => {
        this.#end(request);
        request.failed?.(new Error(`no answer to a STUN request within ${lifetime} ms`));
      }),
    };
    this.#requests.set(message.transactionIdHex, request);
    this.#transmit(request);
  }

  /** Takes a response in; whose request nobody waits for, or who cannot show that it is right, is ignored. */
  received(data: Buffer, { transactionIdHex }: Message, from: Address): void {
    const request = this.#requests.get(transactionIdHex);
    if (!request || !isSame(request.to, from)) return;
    const response = parseMessage(data, request.key);
    if (!response || (request.key && !response.attributesKeys.includes('MESSAGE-INTEGRITY'))) return;
    if (response.messageClass === classes.RESPONSE) {
      this.#end(request);
      request.answered(response, from);
      return;
    }
    request.refused?.();
    if (errorCode(response) !== roleConflict) return;
    this.#end(request);
    request.failed?.(Object.assign(new Error('role conflict'), { response }));
  }

  /** This side can be heard now: what it was asked and has not answered is asked at once (RFC 8445, 7.3.1.4). */
  resend(to: Address): void {
    const now = this.#clock.now();
    for (const request of this.#requests.values()) {
      if (!isSame(request.to, to) || now - request.sentAt < minResend) continue;
      if (request.repetition(request.sent) !== undefined) this.#transmit(request);
    }
  }

  /** Nobody waits for an answer any more. */
  clear(): void {
    for (const request of this.#requests.values()) this.#end(request);
  }

  /** And nothing is asked any more: werift's checks go on for a moment while it is closed. */
  end(): void {
    this.#isEnded = true;
    this.clear();
  }

  #transmit(request: Request): void {
    request.cancelResend();
    request.sent += 1;
    request.sentAt = this.#clock.now();
    request.transmit(request.message, request.to);
    const next = request.repetition(request.sent);
    if (next === undefined) return;
    request.cancelResend = this.#clock.schedule(next, () => this.#transmit(request));
  }

  #end(request: Request): void {
    request.cancelResend();
    request.cancelEnd();
    this.#requests.delete(request.message.transactionIdHex);
  }
}

function isSame([host, port]: Address, [otherHost, otherPort]: Address): boolean {
  return host === otherHost && port === otherPort;
}

function errorCode(response: Message): unknown {
  const value: unknown = response.getAttributeValue('ERROR-CODE');
  return Array.isArray(value) ? value[0] : undefined;
}
