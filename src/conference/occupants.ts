/** Participants by id, as many and as long as are kept: a server may name as many as it likes. */
import { Allowance, type AllowanceLimits } from '../base/allowance.ts';
import type { Participant } from './roster.ts';

/** The largest meetings have some hundred participants with some thousand characters each. */
const limits: AllowanceLimits = { entries: 10_000, characters: 32 * 1024 * 1024 };

export class Occupants {
  readonly #byId = new Map<string, Participant>();
  readonly #allowance = new Allowance<string>(limits);

  get all(): ReadonlyMap<string, Participant> {
    return this.#byId;
  }

  get(id: string): Participant | undefined {
    return this.#byId.get(id);
  }

  /** @returns false: there is no room for it, and what was known of it stays */
  keep(participant: Participant): boolean {
    if (!this.#allowance.keep(participant.id, participant)) return false;
    this.#byId.set(participant.id, participant);
    return true;
  }

  remove(id: string): Participant | undefined {
    const participant = this.#byId.get(id);
    this.#byId.delete(id);
    this.#allowance.forget(id);
    return participant;
  }
}
