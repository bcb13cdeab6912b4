/**
 * A bounded sequence of values that is read with `for await`. Whoever reads too slowly loses the oldest values: memory
 * stays bounded, and `dropped` says how many were lost.
 */
export class EventStream<Value> implements AsyncIterableIterator<Value> {
  readonly #limit: number;
  readonly #buffer: Value[] = [];
  readonly #waiting: ((result: IteratorResult<Value, undefined>) => void)[] = [];
  readonly #onClose: () => void;
  #closed = false;
  /** Values that were discarded because the reader lagged behind. */
  dropped = 0;

  /** @param limit how many unread values are kept */
  constructor(limit: number, onClose: () => void = () => {}) {
    this.#limit = limit;
    this.#onClose = onClose;
  }

  push(value: Value): void {
    if (this.#closed) return;
    const reader = this.#waiting.shift();
    if (reader) {
      reader({ value, done: false });
      return;
    }
    if (this.#buffer.length >= this.#limit) {
      this.#buffer.shift();
      this.dropped += 1;
    }
    this.#buffer.push(value);
  }

  /** Ends the sequence; what is buffered can still be read. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const reader of this.#waiting.splice(0)) reader({ value: undefined, done: true });
    this.#onClose();
  }

  next(): Promise<IteratorResult<Value, undefined>> {
    const value = this.#buffer.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.#closed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<Value, undefined>> {
    this.#buffer.length = 0;
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
