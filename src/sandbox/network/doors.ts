/** Where clients come in, and what becomes of those who come while nobody is there to open. */

export type Door =
  /** `config.js` and pages */
  | 'web'
  | 'xmpp'
  /** conference requests by HTTP */
  | 'focus'
  | 'bridge';

/** 502, as of the proxy in front of a server that does not run; or `hang`: the connection stands and there is no answer. */
export type Closed = 502 | 'hang';

/** What a request says of who sends it. */
export interface Caller {
  /** Of a bridge channel. */
  endpointId?: string | undefined;
  /** Of an XMPP connection: the stream that it wants to resume. */
  previd?: string | undefined;
}

export class Doors {
  readonly #closed = new Map<Door, Closed>();
  readonly #waiting = new Set<{ door: Door; caller: Caller; enter: () => void }>();
  readonly #isCutOff: (caller: Caller) => boolean;

  /** @param isCutOff nothing gets through from or to them */
  constructor(isCutOff: (caller: Caller) => boolean) {
    this.#isCutOff = isCutOff;
  }

  close(door: Door, how: Closed): void {
    this.#closed.set(door, how);
  }

  open(door: Door): void {
    this.#closed.delete(door);
    this.look();
  }

  /** Undefined when it stands open. */
  closedFor(door: Door, caller: Caller): Closed | undefined {
    return this.#isCutOff(caller) ? 'hang' : this.#closed.get(door);
  }

  /** Somebody waits for a door that hangs; `enter` is called once it does not. */
  wait(door: Door, caller: Caller, enter: () => void): void {
    this.#waiting.add({ door, caller, enter });
  }

  /** Lets in who need not wait any more. */
  look(): void {
    for (const each of this.#waiting) {
      if (this.closedFor(each.door, each.caller) === 'hang') continue;
      this.#waiting.delete(each);
      each.enter();
    }
  }
}
