/** The network between the clients and the deployment: how well it carries what everybody sends, and what one participant does. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { type Conditions, combined, perfectConditions, type Way, type WayConditions } from './conditions.ts';
import { Wire } from './wire.ts';

/** What one direction is like now; undefined: perfect. */
export type ConditionsNow = (way: Way) => WayConditions | undefined;

export class Network {
  readonly #clock: Clock;
  readonly #everybody: Conditions = perfectConditions();
  readonly #participants = new Map<string, Conditions>();
  readonly #wires = new Set<Wire>();
  readonly #listeners = new Set<() => void>();
  /** ms that XMPP frames to clients are late. */
  #xmppDelay = 0;
  #isPerfect = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nothing gets through to somebody who is new, or nothing from them. */
  get isCut(): boolean {
    return this.#everybody.up.isCut || this.#everybody.down.isCut;
  }

  /** The same for a participant that is known. */
  isCutFor(endpointId: string): boolean {
    const own = this.#participants.get(endpointId);
    return this.isCut || own?.up.isCut === true || own?.down.isCut === true;
  }

  /** Changes what it is like for a participant, or for everybody. */
  change(ways: readonly Way[], change: Partial<WayConditions>, endpointId?: string): void {
    for (const way of ways) Object.assign(this.#of(endpointId)[way], change);
    this.#changed();
  }

  setXmppDelay(delay: number): void {
    this.#xmppDelay = delay;
    this.#changed();
  }

  /** Called after each change until it is removed. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What datagrams of a participant go through. */
  datagrams(endpointId: string): ConditionsNow {
    return (way) => this.#now(way, endpointId);
  }

  /** Stands between a bridge channel's stream and its user. */
  bridgeWire(stream: Duplex, endpointId: string): Wire {
    return this.#wire(stream, (way) => this.#now(way, endpointId));
  }

  /** The same for an XMPP connection. @param owner the endpoint id of who has it, once that is known */
  xmppWire(stream: Duplex, owner: () => string | undefined): Wire {
    let known: string | undefined;
    return this.#wire(stream, (way) => {
      const now = this.#now(way, this.#participants.size > 0 ? (known ??= owner()) : undefined);
      if (way === 'up' || this.#xmppDelay === 0) return now;
      const late = { isCut: false, delay: this.#xmppDelay, bitsPerSecond: Number.POSITIVE_INFINITY };
      return now ? combined(now, late) : late;
    });
  }

  #wire(stream: Duplex, now: ConditionsNow): Wire {
    const wire = new Wire(stream, this.#clock, (way) => (this.#isPerfect ? undefined : now(way)));
    this.#wires.add(wire);
    stream.once('close', () => this.#wires.delete(wire));
    return wire;
  }

  #now(way: Way, endpointId: string | undefined): WayConditions | undefined {
    if (this.#isPerfect) return undefined;
    const own = endpointId === undefined ? undefined : this.#participants.get(endpointId)?.[way];
    const shared = this.#everybody[way];
    return own ? combined(own, shared) : shared;
  }

  #of(endpointId: string | undefined): Conditions {
    if (endpointId === undefined) return this.#everybody;
    const own = this.#participants.get(endpointId) ?? perfectConditions();
    this.#participants.set(endpointId, own);
    return own;
  }

  #changed(): void {
    for (const [id, conditions] of this.#participants)
      if (isPerfect(conditions)) this.#participants.delete(id);
    this.#isPerfect = isPerfect(this.#everybody) && this.#participants.size === 0 && this.#xmppDelay === 0;
    for (const wire of this.#wires) wire.changed();
    for (const listener of this.#listeners) listener();
  }
}

function isPerfect({ up, down }: Conditions): boolean {
  return [up, down].every(
    ({ bitsPerSecond, delay, isCut }) => !isCut && delay === 0 && bitsPerSecond === Infinity,
  );
}
