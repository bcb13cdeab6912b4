/** What a stream does, in order. What it writes is counted, kept and acknowledged by the stream management that it has at the time. */
import { ProtocolError } from '../base/errors.ts';
import { is, type XmlElement } from '../xml/element.ts';
import type { IqAnswer } from './iq-tracker.ts';
import { ns } from './namespaces.ts';
import { notAcknowledged } from './stream-errors.ts';
import type { StreamEffect } from './stream-io.ts';
import { StreamManagement, type Undelivered } from './stream-management.ts';

export class StreamOutput {
  readonly #domain: string;
  #sm = new StreamManagement();
  #effects: StreamEffect[] = [];

  constructor(domain: string) {
    this.#domain = domain;
  }

  get management(): StreamManagement {
    return this.#sm;
  }

  push(effect: StreamEffect): void {
    this.#effects.push(effect);
  }

  /** What happened since the last time. */
  take(): StreamEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  answers(answers: readonly IqAnswer[]): void {
    for (const answer of answers) this.#effects.push({ type: 'answer', ...answer });
  }

  write(element: XmlElement): void {
    const couldResume = this.#sm.resumption !== undefined;
    this.#send(element, this.#sm.sent(element));
    if (couldResume && !this.#sm.resumption)
      this.#effects.push({ type: 'warning', error: notAcknowledged(this.#domain) });
  }

  /** Somebody waits for the acknowledgement of what was written. */
  ask(): void {
    this.#send(this.#sm.ask());
  }

  /**
   * The server's `<r/>` and `<a/>`.
   * @param isOpen whether they may be answered
   * @throws ProtocolError for a count that cannot be
   */
  managed(element: XmlElement, isOpen: boolean): void {
    if (is(element, ns.sm, 'a')) this.#acknowledged(element.attrs.h);
    if (!isOpen) return;
    if (is(element, ns.sm, 'r')) this.#send(this.#sm.acknowledgement());
    else if (is(element, ns.sm, 'a')) this.#send(this.#sm.nextRequest());
  }

  /** The server goes on with the stream, from `h`. @throws ProtocolError for a count that cannot be */
  resume(h: string | undefined): void {
    this.#acknowledged(h);
    this.#send(...this.#sm.resume());
    this.#effects.push({ type: 'resumed' });
  }

  /** The server does not, and may tell what had arrived (XEP-0198, 5). */
  notResumed(h: string | undefined): void {
    if (h === undefined) return;
    try {
      this.#acknowledged(h);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#effects.push({ type: 'warning', error });
    }
  }

  /** Another stream begins. @returns what the one before leaves behind */
  beginAnew(management: StreamManagement): Undelivered {
    const { undelivered } = this.#sm;
    this.#sm = management;
    return undelivered;
  }

  #send(...elements: readonly (XmlElement | undefined)[]): void {
    for (const element of elements) if (element) this.#effects.push({ type: 'send', element });
  }

  #acknowledged(h: string | undefined): void {
    const ids = this.#sm.acknowledge(h).flatMap(({ name, attrs: { id } }) => {
      return name === 'message' && id !== undefined ? [id] : [];
    });
    if (ids.length > 0) this.#effects.push({ type: 'acknowledged', ids });
  }
}
