import { onAbort } from './on-abort.ts';

/** For sources that can be held back, so that a slow reader loses nothing: the stream says when. */
export interface FlowControl {
  /** Sum of the sizes given to `push` at which the stream is full too. */
  readonly sizeLimit: number;
  /** It is full. Returns true when the source is held back: what still comes is kept, up to twice `sizeLimit`. */
  full(): boolean;
  /** A source that was held back may go on: the stream is half empty, or closed. */
  low(): void;
}

export interface StreamOptions<Value> {
  /** How many unread values are kept. */
  limit: number;
  /** Ends the sequence when it is aborted. */
  signal?: AbortSignal | undefined;
  /** It has ended, whoever did it. */
  closed?: (stream: EventStream<Value>) => void;
  flow?: FlowControl;
}

interface Entry<Value> {
  value: Value;
  size: number;
}

/**
 * A bounded sequence of values that is read with `for await`. Whoever reads too slowly loses the oldest values, unless their
 * source can be held back: memory stays bounded, and `dropped` says how many were lost.
 */
export class EventStream<Value> implements AsyncIterableIterator<Value>, AsyncDisposable {
  readonly #limit: number;
  readonly #flow: FlowControl | undefined;
  readonly #sizeLimit: number;
  readonly #buffer: Entry<Value>[] = [];
  readonly #waiting: ((result: IteratorResult<Value, undefined>) => void)[] = [];
  readonly #onClose: (stream: EventStream<Value>) => void;
  #offAbort = (): void => {};
  #size = 0;
  #isHeldBack = false;
  #closed = false;
  /** Values that were discarded because the reader lagged behind. */
  dropped = 0;

  constructor({ limit, signal, closed = () => {}, flow }: StreamOptions<Value>) {
    this.#limit = limit;
    this.#onClose = closed;
    this.#flow = flow;
    this.#sizeLimit = flow?.sizeLimit ?? Infinity;
    this.#offAbort = onAbort(signal, () => this.close());
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** @param size counted against the flow control's limit */
  push(value: Value, size = 0): void {
    if (this.#closed) return;
    const reader = this.#waiting.shift();
    if (reader) {
      reader({ value, done: false });
      return;
    }
    while (this.#buffer.length > 0 && this.#hasToDrop()) {
      this.#take();
      this.dropped += 1;
    }
    this.#buffer.push({ value, size });
    this.#size += size;
    if (this.#flow && !this.#isHeldBack && this.#isFilled(1)) this.#isHeldBack = this.#flow.full();
  }

  /** Ends the sequence; what is buffered can still be read. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const reader of this.#waiting.splice(0)) reader({ value: undefined, done: true });
    this.#letGo();
    this.#offAbort();
    this.#onClose(this);
  }

  next(): Promise<IteratorResult<Value, undefined>> {
    const entry = this.#take();
    if (entry) {
      if (!this.#isFilled(0.5)) this.#letGo();
      return Promise.resolve({ value: entry.value, done: false });
    }
    if (this.#closed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<Value, undefined>> {
    this.#buffer.length = 0;
    this.#size = 0;
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #hasToDrop(): boolean {
    return this.#isHeldBack ? this.#size >= 2 * this.#sizeLimit : this.#isFilled(1);
  }

  /** @param share of the limits, between 0 and 1 */
  #isFilled(share: number): boolean {
    return this.#buffer.length >= this.#limit * share || this.#size >= this.#sizeLimit * share;
  }

  #take(): Entry<Value> | undefined {
    const entry = this.#buffer.shift();
    if (entry) this.#size -= entry.size;
    return entry;
  }

  #letGo(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#flow?.low();
  }
}
