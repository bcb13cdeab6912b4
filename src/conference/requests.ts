/** Requests of a conference whose answers have consequences: questions to the deployment and the room, and what sessions send. */
import { ConnectionError } from '../base/errors.ts';
import { iqGet, iqSet } from '../xmpp/stanza.ts';
import { StanzaError } from '../xmpp/stanza-error.ts';
import type { Connection } from './connection/connection.ts';
import type { JingleOutcome, JingleSend } from './sessions/jingle-sessions.ts';
import { timing } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { Query } from './queries.ts';

export class Requests {
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  /** Questions under way, in words. */
  readonly #asking = new Set<string>();
  readonly #again = new Set<string>();

  constructor(connection: Connection, outbox: Outbox) {
    this.#connection = connection;
    this.#outbox = outbox;
  }

  /** What is asked while the same question is under way is asked once more afterwards, however often. */
  query(query: Query, now: number): void {
    const { to, payload, tried, timeout, read, otherwise } = query;
    if (this.#asking.has(tried)) {
      this.#again.add(tried);
      return;
    }
    this.#asking.add(tried);
    const connection = this.#connection;
    connection.ask(iqGet(to, connection.nextId(), payload), tried, timeout, now, (outcome, later) => {
      this.#asking.delete(tried);
      const isOutdated = this.#again.delete(tried);
      if (outcome.ok) for (const event of read(outcome.result)) this.#outbox.event(event);
      else if (otherwise && outcome.error instanceof StanzaError) this.query(otherwise, later);
      // None of these is needed to be in a room.
      else this.#outbox.log('debug', outcome.error.message);
      if (isOutdated && outcome.ok) this.query(query, later);
    });
  }

  /** Does what the sessions want. @param now for what is sent */
  sessionSteps(steps: JingleOutcome, now: number = 0): void {
    const outbox = this.#outbox;
    for (const step of steps) {
      if (step.type === 'event') outbox.event(step.event);
      else if (step.type === 'answer') outbox.push({ type: 'answer', id: step.id, outcome: step.outcome });
      else if (step.type === 'log') outbox.log('debug', step.message, { why: step.why });
      else if (step.type === 'reply') this.#connection.send(step.stanza, now);
      else this.#jingle(step.send, now);
    }
  }

  #jingle({ to, jingle, tried, answered }: JingleSend, now: number): void {
    const connection = this.#connection;
    // A session may outlive the connection that it was made over; in the middle of a login it has nothing to say.
    if (connection.jid === '') {
      const error = new ConnectionError(`${tried}: there is no connection now`, {
        code: 'not-connected',
        retryable: true,
      });
      return this.sessionSteps(answered({ ok: false, error }, now), now);
    }
    connection.ask(iqSet(to, connection.nextId(), jingle), tried, timing.jingle, now, (outcome, later) =>
      this.sessionSteps(answered(outcome, later), later),
    );
  }
}
