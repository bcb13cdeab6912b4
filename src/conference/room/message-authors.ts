/** Whose the last messages were, by id: who may take them back. */
import { ownCopy } from '../../base/own-copy.ts';

const remembered = 1_000;
/** Characters. Those of clients have less than 60; a message with a longer one cannot be taken back. */
const longestId = 256;

export class MessageAuthors {
  /** Oldest first. */
  readonly #authors = new Map<string, string>();

  /** The first who used an id is its author: nobody can take a message over by saying its id again. */
  note(id: string, author: string): void {
    if (id.length > longestId || this.#authors.has(id)) return;
    this.#authors.set(ownCopy(id), ownCopy(author));
    if (this.#authors.size <= remembered) return;
    for (const oldest of this.#authors.keys()) {
      this.#authors.delete(oldest);
      return;
    }
  }

  /** Occupant JID; undefined when it is not known any more, or the message was from before we came. */
  of(id: string): string | undefined {
    return this.#authors.get(id);
  }
}
