/** Warnings from before the room was joined, when nobody could listen: kept until somebody has had the time to. */
import type { JitsiError } from '../base/errors.ts';

const most = 20;

export class EarlyWarnings {
  readonly #kept: JitsiError[] = [];
  #dueAt: number | undefined;

  /** When they are to be told, ms since the epoch. */
  get dueAt(): number | undefined {
    return this.#dueAt;
  }

  keep(error: JitsiError): void {
    if (this.#kept.length < most) this.#kept.push(error);
  }

  /** They are due with the next tick: whoever awaits the join adds listeners first. */
  joined(now: number): void {
    if (this.#kept.length > 0) this.#dueAt = now;
  }

  /** Those to be told now. */
  due(): JitsiError[] {
    if (this.#dueAt === undefined) return [];
    this.#dueAt = undefined;
    return this.#kept.splice(0);
  }
}
