/** Who is in the room and cannot be heard, for they are end-to-end encrypted: told once of each, as what is written of them is silence. */
import type { Conference } from '../../client/conference.ts';
import { nameOfId } from '../visit/participants.ts';

export class Unheard {
  readonly #participants: Conference['participants'];
  readonly #warn: (message: string) => void;
  /** By endpoint id: they may be gone when we have to speak of them. */
  readonly #names = new Map<string, string>();

  constructor(participants: Conference['participants'], warn: (message: string) => void) {
    this.#participants = participants;
    this.#warn = warn;
  }

  /** @param encrypted endpoint ids of all so far */
  look(encrypted: readonly string[]): void {
    for (const id of encrypted) {
      if (this.#names.has(id)) continue;
      const name = nameOfId(id, this.#participants);
      this.#names.set(id, name);
      this.#warn(`what ${name} says is end-to-end encrypted, and cannot be heard`);
    }
  }

  get names(): string[] {
    return [...this.#names.values()];
  }
}
