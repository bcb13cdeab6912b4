/** Requests under way: promises for what the conference machine answers. */
import { UsageError } from '../base/errors.ts';
import { type Wait, waitFor } from '../base/wait-for.ts';
import type { XmlElement } from '../xml/element.ts';
import type { IqOutcome } from '../xmpp/iq-tracker.ts';
import { conferenceEnded } from './failures.ts';

export class Requests {
  readonly #waiting = new Map<string, { tried: string; wait: Wait<XmlElement> }>();
  #isOver = false;

  /**
   * @param begin asks; the answer may be there at once
   * @throws UsageError `iq-id`, ConnectionError `conference-ended`, the signal's reason, or what is answered
   */
  async ask(id: string, tried: string, begin: () => void, signal?: AbortSignal): Promise<XmlElement> {
    if (this.#isOver) throw conferenceEnded(tried);
    if (this.#waiting.has(id))
      throw new UsageError(`${tried}: a request with the id ${id} is under way`, { code: 'iq-id' });
    return waitFor<XmlElement>((wait) => {
      this.#waiting.set(id, { tried, wait });
      wait.after(() => this.#waiting.delete(id));
      begin();
    }, signal);
  }

  answer(id: string, outcome: IqOutcome): void {
    const wait = this.#waiting.get(id)?.wait;
    if (outcome.ok) wait?.resolve(outcome.result);
    else wait?.reject(outcome.error);
  }

  /** No answer comes any more. */
  close(): void {
    this.#isOver = true;
    for (const { tried, wait } of this.#waiting.values()) wait.reject(conferenceEnded(tried));
  }
}
