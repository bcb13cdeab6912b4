/** Who is silent: endpoints learn of each other, and of themselves (jitsi-videobridge `EndpointConnectionStatusMonitor.kt`). */
import type { Milliseconds } from '../../base/clock.ts';

export const checkInterval: Milliseconds = 500;
/** From its creation to an endpoint's first packet. */
const firstTransferTimeout: Milliseconds = 15_000;
const maxInactivity: Milliseconds = 8000;

export interface Activity {
  readonly id: string;
  readonly created: Milliseconds;
  /** When a packet came; undefined before the first. */
  readonly lastActivity: Milliseconds | undefined;
}

export class ConnectionStatus {
  /** Kept when an endpoint expires: should it come back, the others have to learn that it is active. */
  readonly #inactive = new Set<string>();

  isInactive(id: string): boolean {
    return this.#inactive.has(id);
  }

  /** Returns true when it has become active or inactive. */
  check({ id, created, lastActivity }: Activity, now: Milliseconds): boolean {
    if (lastActivity === undefined) {
      if (now - created <= firstTransferTimeout || this.#inactive.has(id)) return false;
      this.#inactive.add(id);
      return true;
    }
    const isActive = now - lastActivity <= maxInactivity;
    if (isActive) return this.#inactive.delete(id);
    if (this.#inactive.has(id)) return false;
    this.#inactive.add(id);
    return true;
  }
}
