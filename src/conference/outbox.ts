/** What a conference wants done: collected while an input is dealt with. */
import type { LogLevel } from '../base/logger.ts';
import type { ConferenceEvent } from './events.ts';
import type { ConferenceEffect, HttpRequest } from './io.ts';

export class Outbox {
  #effects: ConferenceEffect[] = [];

  push(effect: ConferenceEffect): void {
    this.#effects.push(effect);
  }

  event(event: ConferenceEvent): void {
    this.push({ type: 'event', event });
  }

  http(request: HttpRequest): void {
    this.push({ type: 'http', request });
  }

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.push({ type: 'log', level, message, fields });
  }

  /** Everything since the last time, in order. */
  take(): ConferenceEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
