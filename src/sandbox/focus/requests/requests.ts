/** The focus' own requests: sends them, and reports each one's answer or its absence. */
import type { Clock, Milliseconds } from '../../../base/clock.ts';
import { type RandomBytes, randomToken } from '../../../base/random.ts';
import { IqTracker, type IqOutcome } from '../../../xmpp/iq-tracker.ts';
import { domainOf } from '../../../xmpp/jid.ts';
import { type XmlElement, withAttrs } from '../../../xml/element.ts';
import type { StanzaLink } from '../../xmpp/link.ts';

type Done = (outcome: IqOutcome) => void;

export class Requests {
  readonly #link: StanzaLink;
  readonly #clock: Clock;
  readonly #timeout: Milliseconds;
  readonly #tracker: IqTracker;
  readonly #waiting = new Map<string, { done: Done; cancelTimer: () => void }>();
  readonly #idPrefix: string;
  #lastId = 0;

  /** @param timeout ms that an answer may take */
  constructor(link: StanzaLink, clock: Clock, random: RandomBytes, timeout: Milliseconds) {
    this.#link = link;
    this.#clock = clock;
    this.#timeout = timeout;
    this.#tracker = new IqTracker(domainOf(link.jid));
    this.#tracker.bound(link.jid);
    this.#idPrefix = randomToken(random, 5).toUpperCase();
  }

  nextId(): string {
    this.#lastId += 1;
    return `${this.#idPrefix}-${this.#lastId}`;
  }

  /** Sends `iq` with an id of its own. @param tried in words, for the error */
  ask(iq: XmlElement, tried: string, done: Done): void {
    const request = withAttrs(iq, { id: this.nextId() });
    const cancelTimer = this.#clock.schedule(this.#timeout, () => this.#expire());
    this.#tracker.track(request, tried, this.#timeout, this.#clock.now());
    this.#waiting.set(request.attrs.id ?? '', { done, cancelTimer });
    this.#link.send(request);
  }

  /** Sends `iq` and does not care for the answer. */
  tell(iq: XmlElement): void {
    this.#link.send(withAttrs(iq, { id: this.nextId() }));
  }

  /** Takes an IQ of type result or error; those that answer nothing of ours are dropped. */
  answered(iq: XmlElement): void {
    const answer = this.#tracker.match(iq);
    if (answer) this.#settle(answer.id, answer.outcome);
  }

  /** Forgets everything; nobody is told. */
  close(): void {
    for (const { cancelTimer } of this.#waiting.values()) cancelTimer();
    this.#waiting.clear();
  }

  #expire(): void {
    for (const { id, outcome } of this.#tracker.expire(this.#clock.now())) this.#settle(id, outcome);
  }

  #settle(id: string, outcome: IqOutcome): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    waiting.cancelTimer();
    waiting.done(outcome);
  }
}
