/** A BOSH session's requests as those of a conference. */
import type { JitsiError } from '../../base/errors.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { XmlElement } from '../../xml/element.ts';
import { type BoshEffect, BoshSession } from '../../xmpp/bosh/session.ts';
import type { HttpAnswer, HttpRequest } from '../io.ts';

export interface BoshSink {
  http(request: HttpRequest): void;
  element(element: XmlElement, now: number): void;
  unreadable(error: JitsiError, now: number): void;
  failed(error: JitsiError, now: number): void;
  closed(reason: string, now: number): void;
}

export class BoshCarrier {
  readonly #session: BoshSession;
  readonly #url: string;
  readonly #sink: BoshSink;

  /** @param to the virtual host */
  constructor(url: string, to: string, random: RandomBytes, sink: BoshSink) {
    this.#url = url;
    this.#session = new BoshSession(to, random);
    this.#sink = sink;
  }

  /** What is sent goes out with the next {@link flush}. */
  send(element: XmlElement): void {
    this.#session.send(element);
  }

  flush(now: number): void {
    this.#run(this.#session.flush(now), now);
  }

  answered(key: string, answer: HttpAnswer, now: number): void {
    this.#run(this.#session.answered(Number(key), answer, now), now);
  }

  failed(key: string, error: JitsiError, now: number): void {
    this.#run(this.#session.failed(Number(key), error, now), now);
  }

  tick(now: number): void {
    this.#run(this.#session.tick(now), now);
  }

  nextTimeout(): number | undefined {
    return this.#session.nextTimeout();
  }

  #run(effects: readonly BoshEffect[], now: number): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'request':
          this.#sink.http({
            purpose: 'bosh',
            key: String(effect.rid),
            method: 'POST',
            url: this.#url,
            headers: { 'content-type': 'text/xml; charset=utf-8' },
            body: effect.body,
            timeout: effect.timeout,
          });
          break;
        case 'element':
          this.#sink.element(effect.element, now);
          break;
        case 'unreadable':
          this.#sink.unreadable(effect.error, now);
          break;
        case 'failed':
          this.#sink.failed(effect.error, now);
          break;
        case 'closed':
          this.#sink.closed(effect.reason, now);
          break;
        default:
          effect satisfies never;
      }
    }
  }
}
