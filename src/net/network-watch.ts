/**
 * Tells when this machine's own network addresses change: a connection from an address that is gone, or over a network that was left, hangs
 * without a word. There is no event for it, so somebody has to look; all who listen share one that does, and it keeps no process alive.
 */
import { networkInterfaces } from 'node:os';
import { callSafely } from '../base/call-safely.ts';
import { startTimer } from '../base/timer.ts';

export interface NetworkChanges {
  /** @returns ends it */
  subscribe(listener: () => void): () => void;
}

export interface NetworkWatchPorts {
  /** Of this machine, in any order. */
  addresses(): readonly string[];
  /** Calls `run` once after `delay` ms; the returned function cancels it. */
  schedule(delay: number, run: () => void): () => void;
}

/** ms from look to look; one takes well under a millisecond. */
const period = 2_000;

export class NetworkWatch implements NetworkChanges {
  readonly #ports: NetworkWatchPorts;
  readonly #listeners = new Set<() => void>();
  #known = '';
  #cancel: () => void = () => {};

  constructor(ports: NetworkWatchPorts) {
    this.#ports = ports;
  }

  subscribe(listener: () => void): () => void {
    // The same function may be there twice.
    const own = (): void => listener();
    if (this.#listeners.size === 0) {
      this.#known = this.#addresses();
      this.#arm();
    }
    this.#listeners.add(own);
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#cancel();
    };
  }

  #arm(): void {
    this.#cancel = this.#ports.schedule(period, () => {
      this.#arm();
      this.#look();
    });
  }

  #look(): void {
    const addresses = this.#addresses();
    if (addresses === this.#known) return;
    this.#known = addresses;
    // What one listener makes of it is no concern of the others.
    for (const listener of this.#listeners) callSafely(listener, () => {});
  }

  #addresses(): string {
    return [...this.#ports.addresses()].toSorted().join(' ');
  }
}

/** Those that lead anywhere: containers come and go beside us with link-local ones. */
function ownAddresses(): string[] {
  try {
    return Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, address }) => !internal && !/^(fe[89ab]|169\.254\.)/i.test(address))
      .map(({ address }) => address);
  } catch {
    // Not every system lets every program look.
    return [];
  }
}

/** Of this process. */
export const networkWatch: NetworkWatch = new NetworkWatch({
  addresses: ownAddresses,
  schedule: (delay, run) => startTimer(delay, run, { keepsAlive: false }),
});
