/** Whose the last messages were, by id: who may take them back. */

const remembered = 1_000;

export class MessageAuthors {
  /** Oldest first. */
  readonly #authors = new Map<string, string>();

  /** The first who used an id is its author: nobody can take a message over by saying its id again. */
  note(id: string, author: string): void {
    if (this.#authors.has(id)) return;
    this.#authors.set(id, author);
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
