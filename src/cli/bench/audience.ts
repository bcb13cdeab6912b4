/** Who receives what a bench sends, and what they say has arrived. */
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Control } from './control.ts';
import type { Counts } from './measuring/tally.ts';
import { pause } from '../visit/pause.ts';

export interface AudiencePorts {
  /** Ids of the endpoints that are there to receive. */
  peers(): readonly string[];
  /** ms since the epoch, with fractions */
  now(): number;
  /** Sends a control message to an endpoint, or to all that receive; it may be lost. */
  say(control: Control, to?: string): void;
  signal: AbortSignal;
  clock?: Clock;
}

/** ms between two tries to be heard */
const retryInterval = 250;
/** ms that the others have to say that they count; other programs never do */
const grace = 3_000;
/** ms until the last messages have arrived where nobody confirms that (media 13: 0.5 s was too short, 3.5 s was enough) */
const linger = 4_000;
/** ms for what waits in the bridge to get through, slow channels included */
const reportPatience = 15_000;

export class Audience {
  readonly #ports: AudiencePorts;
  /** Endpoints that have said they count. */
  readonly #counting = new Set<string>();
  #run: number | undefined;
  readonly #reports = new Map<string, { counts: Counts; final: boolean }>();

  constructor(ports: AudiencePorts) {
    this.#ports = ports;
  }

  /** What each receiver has said of the present run, by endpoint id. */
  get reports(): ReadonlyMap<string, Counts> {
    return new Map([...this.#reports].map(([id, { counts }]) => [id, counts]));
  }

  /** A control message has come; those for receivers are not ours. */
  control(from: string, control: Control): void {
    switch (control.event) {
      case 'here':
        this.#counting.add(from);
        return;
      case 'clock':
        this.#ports.say({ event: 'time', at: control.at, now: this.#ports.now() }, from);
        return;
      case 'report': {
        const { event: _event, run, final, ...counts } = control;
        if (run !== this.#run) return;
        this.#counting.add(from);
        this.#reports.set(from, { counts, final });
        return;
      }
      default:
    }
  }

  /** Somebody has left the room. */
  left(id: string): void {
    this.#counting.delete(id);
  }

  /** Waits for somebody to come, and until everybody who is there counts or had the time to say so. */
  async gather(): Promise<void> {
    const { peers, say, signal, clock = systemClock } = this.#ports;
    let deadline = Number.POSITIVE_INFINITY;
    for (;;) {
      const there = peers();
      if (there.length > 0) {
        if (there.every((id) => this.#counting.has(id)) || clock.now() >= deadline) return;
        deadline = Math.min(deadline, clock.now() + grace);
        say({ event: 'hello' });
      }
      await pause(retryInterval, signal, clock);
    }
  }

  /** @param seconds how long the run is to last; undefined: more will follow */
  begin(run: number, seconds: number | undefined): void {
    this.#run = run;
    this.#reports.clear();
    this.#ports.say({ event: 'start', run, ...(seconds === undefined ? {} : { seconds }) });
  }

  /** Waits until everybody who counts has said what arrived of the run's messages. */
  async end(run: number, messages: number): Promise<void> {
    const { say, signal, clock = systemClock } = this.#ports;
    const deadline = clock.now() + (this.#counting.size > 0 ? reportPatience : linger);
    const isReported = (id: string): boolean => this.#reports.get(id)?.final === true;
    do {
      say({ event: 'end', run, messages });
      await pause(retryInterval, signal, clock);
      if (this.#counting.size > 0 && [...this.#counting].every(isReported)) return;
    } while (clock.now() < deadline);
  }
}
