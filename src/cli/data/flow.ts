/** When the next message may be sent: the pace, a full channel, and the rest of the program all want their turn. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Pacer } from '../visit/pacing.ts';
import { pause } from '../visit/pause.ts';

/** What a flow needs of the bridge. */
export interface DrainingBridge {
  drained(options?: { signal?: AbortSignal }): Promise<void>;
}

/** ms of sending without a break, after which everybody else gets the processor: receiving, keep-alives, Ctrl-C. */
const longestTurn = 4;

export class Flow {
  readonly #bridge: DrainingBridge;
  readonly #pacer: Pacer | undefined;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  #turnBegan: number;

  /** @param pacer without one: as fast as the channel takes it */
  constructor(
    bridge: DrainingBridge,
    options: { pacer: Pacer | undefined; signal: AbortSignal; now?: () => number },
  ) {
    this.#bridge = bridge;
    this.#pacer = options.pacer;
    this.#signal = options.signal;
    this.#now = options.now ?? (() => performance.now());
    this.#turnBegan = this.#now();
  }

  /** What is to be awaited before `units` are sent; undefined: nothing. Rejects with the signal's reason. */
  before(units: number): Promise<void> | undefined {
    const delay = this.#pacer?.take(units) ?? 0;
    if (delay > 0) return this.#rest(() => this.#wait(delay));
    if (this.#now() - this.#turnBegan < longestTurn) return undefined;
    return this.#rest(() => this.#wait(0));
  }

  /** What is to be awaited after a send that returned `more`. Rejects with the signal's reason. */
  after(more: boolean): Promise<void> | undefined {
    if (more) return undefined;
    return this.#rest(() => this.#bridge.drained({ signal: this.#signal }));
  }

  async #rest(wait: () => Promise<void>): Promise<void> {
    await wait();
    this.#turnBegan = this.#now();
  }

  /** A timer's shortest delay is 1 ms; what is shorter is waited for by letting the others run. */
  async #wait(delay: number): Promise<void> {
    if (delay >= 1) return pause(delay, this.#signal);
    const end = this.#now() + delay;
    do {
      await turn();
      this.#signal.throwIfAborted();
    } while (this.#now() < end);
  }
}
