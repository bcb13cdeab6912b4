/** What goes wrong with UDP datagrams on the way, for all transports of the bridge: media, and all that keeps a transport alive. */
import type { Clock, Milliseconds } from '../../../base/clock.ts';
import { type RandomBytes, randomBetween } from '../../../base/random.ts';
import type { DatagramPath, OneWay } from '../../../rtc/peer-transport.ts';
import { DelayLine } from '../../delay-line.ts';
import type { Way } from '../../network/conditions.ts';
import type { ConditionsNow } from '../../network/network.ts';

/** To the bridge, from it, or both ways. */
export type MediaDirection = 'up' | 'down' | 'both';

export interface MediaFaults {
  /** Of each direction: what part of the datagrams is lost, 0 to 1. */
  readonly loss: Record<Way, number>;
  /** Datagrams are so late, in each direction. */
  delay: Milliseconds;
  /** Each packet is late by up to so much more: then they overtake each other. */
  jitter: Milliseconds;
  /** bit/s that fit through each direction of each participant's way; what would wait longer than {@link longestWait} is dropped. */
  readonly rate: Record<Way, number>;
  /** bit/s: the estimate of everybody's way from the bridge, whatever it would be; `Infinity` for none of that. */
  downlink: number;
}

/** ms: the queue before a bottleneck, as of many home routers (RFC 8867, 4.2) */
export const longestWait: Milliseconds = 300;
/** Of IPv4 and UDP. */
const headerBytes = 28;

export function noMediaFaults(): MediaFaults {
  return {
    loss: { up: 0, down: 0 },
    delay: 0,
    jitter: 0,
    rate: { up: Infinity, down: Infinity },
    downlink: Infinity,
  };
}

/** Both directions of one transport, each of whose sockets has a way of its own. */
export class MediaLine implements DatagramPath {
  readonly incoming: MediaPath;
  readonly outgoing: MediaPath;
  readonly #make: () => MediaLine;
  readonly #branches: MediaLine[] = [];

  /** @param network what it is like for this participant */
  constructor(
    clock: Clock,
    random: RandomBytes,
    faults: MediaFaults,
    network: ConditionsNow = () => undefined,
  ) {
    this.incoming = new MediaPath(clock, random, faults, network, 'up');
    this.outgoing = new MediaPath(clock, random, faults, network, 'down');
    this.#make = () => new MediaLine(clock, random, faults, network);
  }

  branch(): MediaLine {
    const branch = this.#make();
    this.#branches.push(branch);
    return branch;
  }

  /** Nothing gets through the sockets that there are any more, whatever the network is like: one end has another address. */
  cut(): void {
    for (const branch of this.#branches) branch.break();
  }

  /** Nothing is on its way any more. */
  close(): void {
    this.incoming.close();
    this.outgoing.close();
    for (const branch of this.#branches) branch.close();
  }

  /** Nothing gets through any more: one end has died. */
  break(): void {
    this.incoming.break();
    this.outgoing.break();
    this.cut();
  }
}

class MediaPath implements OneWay {
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #faults: MediaFaults;
  readonly #network: ConditionsNow;
  readonly #direction: Way;
  readonly #line: DelayLine;
  readonly #waiting = new Set<() => void>();
  /** When the bottleneck has let everything through. */
  #free: Milliseconds = 0;
  #isBroken = false;
  #isClosed = false;

  constructor(
    clock: Clock,
    random: RandomBytes,
    faults: MediaFaults,
    network: ConditionsNow,
    direction: Way,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
    this.#network = network;
    this.#direction = direction;
    this.#line = new DelayLine(clock);
  }

  get isClear(): boolean {
    const { delay, jitter, loss, rate } = this.#faults;
    if (
      rate[this.#direction] !== Infinity ||
      delay > 0 ||
      jitter > 0 ||
      loss[this.#direction] > 0 ||
      this.#line.length > 0
    )
      return false;
    const network = this.#network(this.#direction);
    return !this.#isBroken && (!network || (!network.isCut && network.delay === 0));
  }

  pass(bytes: number, deliver: () => void): void {
    const network = this.#network(this.#direction);
    if (this.#isClosed || this.#isBroken || network?.isCut) return;
    const { jitter, loss } = this.#faults;
    const lost = loss[this.#direction];
    if (lost > 0 && randomBetween(this.#random, 0, 1) < lost) return;
    const wait = this.#waitFor(bytes);
    if (wait > longestWait) return;
    const delay = this.#faults.delay + (network?.delay ?? 0) + wait;
    if (jitter === 0) {
      this.#line.at(this.#clock.now() + delay, deliver);
      return;
    }
    const cancel = this.#clock.schedule(delay + randomBetween(this.#random, 0, jitter), () => {
      this.#waiting.delete(cancel);
      deliver();
    });
    this.#waiting.add(cancel);
  }

  /** ms until the bottleneck has let it through; it is not in the queue if that is too long. */
  #waitFor(bytes: number): Milliseconds {
    const rate = this.#faults.rate[this.#direction];
    if (rate === Infinity) return 0;
    const now = this.#clock.now();
    const through = Math.max(now, this.#free) + ((bytes + headerBytes) * 8_000) / rate;
    if (through - now <= longestWait) this.#free = through;
    return through - now;
  }

  break(): void {
    this.close();
    this.#isBroken = true;
  }

  /** Forgets what waits; nothing comes through any more. */
  close(): void {
    this.#isClosed = true;
    this.#line.clear();
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }
}
