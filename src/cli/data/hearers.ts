/** Those who shall hear what a command sends: waits for them to come, and until they have heard it all. */
import { type Clock, systemClock } from '../../base/clock.ts';
import { withResolvers } from '../../base/resolvers.ts';
import type { Bridge } from '../../client/bridge/bridge.ts';
import type { Conference } from '../../client/conference.ts';
import { lookUpParticipant, nameOfId } from '../visit/participants.ts';
import { Pings } from './pings.ts';
import { pause } from '../visit/pause.ts';

export interface HearersPorts {
  conference: Pick<Conference, 'participants' | 'on'>;
  bridge: Pick<Bridge, 'sendMessage' | 'on' | 'bufferedAmount'>;
  /** Endpoint id or display name; undefined: everybody. */
  to: string | undefined;
  signal: AbortSignal;
  /** They are not there yet: called once, at the beginning. */
  waiting?(whom: string): void;
  clock?: Clock;
}

/** ms in which those who answer pings at all do so once their channel is open */
const grace = 3_000;
/** ms that what was sent may wait in the bridge */
const patience = 30_000;
/** ms until the last messages have arrived where nobody confirms that (media 13: 0.5 s was too short, 3.5 s was enough) */
const linger = 4_000;

/** Listens to answers until `close()`. */
export class Hearers {
  readonly #ports: HearersPorts;
  readonly #clock: Clock;
  readonly #pings: Pings;
  /** The endpoint id that `to` was found to mean. */
  #id: string | undefined;
  /** Those who have answered, with their names: they may be gone when we have to speak of them. */
  readonly #hearing = new Map<string, string>();

  constructor(ports: HearersPorts) {
    this.#ports = ports;
    this.#clock = ports.clock ?? systemClock;
    this.#pings = new Pings(ports.bridge, ports.signal, this.#clock);
  }

  /** What messages to them are addressed to: an endpoint id, or '' for everybody. */
  get address(): string {
    return this.#id ?? '';
  }

  /** Ids of those who are in the room. */
  get present(): readonly string[] {
    const { conference, to } = this.#ports;
    const { participants } = conference;
    if (to !== undefined) return this.#id !== undefined && participants.has(this.#id) ? [this.#id] : [];
    return [...participants.values()].filter(({ isHidden }) => !isHidden).map(({ id }) => id);
  }

  /**
   * Waits until they are there and can hear, or had the time to say so. Needs an open channel.
   * @throws UsageError `participant-ambiguous`, or the signal's reason
   */
  async gather(): Promise<void> {
    const { to, waiting } = this.#ports;
    if (!this.#areThere()) waiting?.(to ?? 'somebody else');
    while (!this.#areThere()) await this.#nextChange();
    const reach = async (id: string): Promise<void> => {
      if (await this.#pings.reach(id, grace, () => this.#isGone(id))) this.#hearing.set(id, this.#nameOf(id));
    };
    await Promise.all(this.present.map(reach));
  }

  /**
   * Asks those who answered before whether they have what was sent so far; of others that cannot be known.
   * @returns endpoint ids of those who are here, and do not say so
   */
  async silent(): Promise<string[]> {
    const ids = [...this.#hearing.keys()];
    const has = (id: string): Promise<boolean> => this.#pings.confirm(id, grace, () => this.#isGone(id));
    const confirmed = await Promise.all(ids.map(has));
    return ids.filter((id, index) => confirmed[index] !== true && !this.#isGone(id));
  }

  /** Waits until these answer again, or have left. @param patience ms */
  async reach(ids: readonly string[], patience: number): Promise<void> {
    await Promise.all(ids.map((id) => this.#pings.reach(id, patience, () => this.#isGone(id))));
  }

  /**
   * Waits until everything that was sent has arrived, as far as can be known.
   * @returns names of those who could hear before and do not confirm it, and whether anybody has got it
   */
  async settle(): Promise<{ silent: string[]; isHeard: boolean }> {
    const { bridge, signal } = this.#ports;
    while (bridge.bufferedAmount > 0) await pause(20, signal, this.#clock);
    const others = this.present.filter((id) => !this.#hearing.has(id));
    const confirm = (id: string): Promise<boolean> => this.#pings.reach(id, patience, () => this.#isGone(id));
    const [confirmed] = await Promise.all([
      Promise.all([...this.#hearing.keys()].map(confirm)),
      others.length > 0 ? pause(linger, signal, this.#clock) : undefined,
    ]);
    const silent = [...this.#hearing.values()].filter((_, index) => confirmed[index] !== true);
    return { silent, isHeard: confirmed.includes(true) || others.length > 0 };
  }

  close(): void {
    this.#pings.close();
  }

  #isGone(id: string): boolean {
    return !this.present.includes(id);
  }

  #nameOf(id: string): string {
    return nameOfId(id, this.#ports.conference.participants);
  }

  #areThere(): boolean {
    const { conference, to } = this.#ports;
    if (to === undefined) return this.present.length > 0;
    this.#id = lookUpParticipant(to, conference.participants)?.id;
    return this.#id !== undefined;
  }

  /** Somebody comes, or is called otherwise. */
  async #nextChange(): Promise<void> {
    const { conference, signal } = this.#ports;
    signal.throwIfAborted();
    const { promise, resolve, reject } = withResolvers();
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const offs = [
      conference.on('participantJoined', () => resolve()),
      conference.on('participantChanged', () => resolve()),
    ];
    try {
      await promise;
    } finally {
      for (const off of offs) off();
      signal.removeEventListener('abort', onAbort);
    }
  }
}
