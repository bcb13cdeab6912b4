/** Participants by id, as many and as long as are kept: a server may name as many as it likes. */
import { Allowance, type AllowanceLimits } from '../../base/allowance.ts';

/** The largest meetings have some hundred participants with some thousand characters each. */
const limits: AllowanceLimits = { entries: 10_000, characters: 32 * 1024 * 1024 };

export class Occupants<Occupant extends { id: string }> {
  readonly #byId = new Map<string, Occupant>();
  readonly #allowance = new Allowance<string>(limits);

  get all(): ReadonlyMap<string, Occupant> {
    return this.#byId;
  }

  get(id: string): Occupant | undefined {
    return this.#byId.get(id);
  }

  /** @returns false: there is no room for it, and what was known of it stays */
  keep(occupant: Occupant): boolean {
    if (!this.#allowance.keep(occupant.id, occupant)) return false;
    this.#byId.set(occupant.id, occupant);
    return true;
  }

  remove(id: string): Occupant | undefined {
    const occupant = this.#byId.get(id);
    this.#byId.delete(id);
    this.#allowance.forget(id);
    return occupant;
  }
}
