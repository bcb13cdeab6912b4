/**
 * Whether the other side can be reached, after a failure. It is asked twice a second, and so are STUN and TURN servers, for it may
 * have forgotten us; of those only an answer after a while without any means that the network is back.
 */
import type { Clock, Milliseconds } from '../../../base/clock.ts';

const interval: Milliseconds = 500;
/** Questions in a row without an answer, after which a server counts as out of reach: more than fit into a long round trip. */
const silence = 8;

export interface WayBackPorts {
  clock: Clock;
  /** Asks the other side once; `answered` is called when it answers. */
  ask(answered: () => void): void;
  /** Servers that can be asked, each once at a call. */
  servers: readonly ((answered: () => void) => void)[];
  /** Called once. */
  found(): void;
}

export class WayBack {
  readonly #ports: WayBackPorts;
  /** By server: questions without an answer since the last one. */
  readonly #unanswered: number[];
  #isOver = false;
  #cancel: () => void = () => {};

  constructor(ports: WayBackPorts) {
    this.#ports = ports;
    this.#unanswered = ports.servers.map(() => 0);
    this.#look();
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel = this.#ports.clock.schedule(interval, () => this.#look());
  }

  #look(): void {
    const { ask, servers } = this.#ports;
    this.#schedule();
    ask(() => this.#found());
    for (const [index, askServer] of servers.entries()) {
      this.#unanswered[index] = (this.#unanswered[index] ?? 0) + 1;
      askServer(() => {
        if ((this.#unanswered[index] ?? 0) > silence) this.#found();
        this.#unanswered[index] = 0;
      });
    }
  }

  #found(): void {
    if (this.#isOver) return;
    this.stop();
    this.#ports.found();
  }
}
