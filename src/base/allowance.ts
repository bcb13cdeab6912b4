/** How much may be kept of what others send: so many entries, and so many characters in all of them together. */
export interface AllowanceLimits {
  entries: number;
  characters: number;
}

export class Allowance<Key> {
  readonly #limits: AllowanceLimits;
  readonly #sizes = new Map<Key, number>();
  #characters = 0;

  constructor(limits: AllowanceLimits) {
    this.#limits = limits;
  }

  /** Counts what is kept under `key` from now on, instead of what was. @returns false: it does not fit, and nothing has changed */
  keep(key: Key, value: unknown): boolean {
    // Near enough to what it takes in memory, and the same for whatever it is.
    const size = JSON.stringify(value).length;
    const before = this.#sizes.get(key);
    const characters = this.#characters - (before ?? 0) + size;
    if (characters > this.#limits.characters) return false;
    if (before === undefined && this.#sizes.size >= this.#limits.entries) return false;
    this.#sizes.set(key, size);
    this.#characters = characters;
    return true;
  }

  forget(key: Key): void {
    this.#characters -= this.#sizes.get(key) ?? 0;
    this.#sizes.delete(key);
  }

  clear(): void {
    this.#sizes.clear();
    this.#characters = 0;
  }
}
