/** The sending half of a bench: runs of numbered messages from one endpoint. */
import { randomBytes } from 'node:crypto';
import { ConnectionError, UsageError } from '../../base/errors.ts';
import { type DrainingBridge, Flow } from '../data/flow.ts';
import { payloadPacer } from '../visit/pacing.ts';
import type { Audience } from './audience.ts';
import { writeHeader } from './header.ts';
import type { Counts } from './measuring/tally.ts';

export interface SendingBridge extends DrainingBridge {
  sendRaw(to: string, bytes: Uint8Array, options?: { rawForm?: 'field' | 'payload' }): boolean;
  opened(options?: { signal?: AbortSignal }): Promise<void>;
}

export interface SenderOptions {
  bridge: SendingBridge;
  audience: Audience;
  /** Endpoint id; '' for everybody. */
  to(): string;
  /** Bytes of each message. */
  size: number;
  rawForm: 'field' | 'payload';
  /** ms since the epoch, with fractions */
  now(): number;
  signal: AbortSignal;
}

export interface RunOptions {
  seconds: number;
  /** Megabits of payload a second; undefined: as fast as the channel takes them. */
  mbps: number | undefined;
  /** More runs follow, and nobody knows how many. */
  isSearch?: boolean;
}

export interface RunResult {
  messages: number;
  seconds: number;
  /** What receivers that count say has arrived, by endpoint id. */
  reports: ReadonlyMap<string, Counts>;
}

export class BenchSender {
  readonly #options: SenderOptions;
  readonly #message: Buffer;
  #earlierSeconds = 0;
  #runBegan: number | undefined;
  /** Messages sent, in all runs. */
  sent = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    // Nothing on the way can make it smaller.
    this.#message = randomBytes(options.size);
  }

  /** Seconds of all runs so far. */
  get seconds(): number {
    const present = this.#runBegan === undefined ? 0 : (performance.now() - this.#runBegan) / 1000;
    return this.#earlierSeconds + present;
  }

  get isRunning(): boolean {
    return this.#runBegan !== undefined;
  }

  /** Sends for a time, and waits until all of it has arrived or is lost. */
  async run({ seconds, mbps, isSearch = false }: RunOptions): Promise<RunResult> {
    const { audience } = this.#options;
    const run = randomBytes(4).readUInt32BE();
    const [sentBefore, secondsBefore] = [this.sent, this.#earlierSeconds];
    audience.begin(run, isSearch ? undefined : seconds);
    this.#runBegan = performance.now();
    try {
      await this.#send(run, seconds, mbps);
    } finally {
      this.#earlierSeconds = this.seconds;
      this.#runBegan = undefined;
    }
    const messages = this.sent - sentBefore;
    await audience.end(run, messages);
    return { messages, seconds: this.#earlierSeconds - secondsBefore, reports: audience.reports };
  }

  async #send(run: number, seconds: number, mbps: number | undefined): Promise<void> {
    const { bridge, size, rawForm, now, signal } = this.#options;
    const to = this.#options.to();
    const pacer = mbps === undefined ? undefined : payloadPacer(mbps, size, () => performance.now());
    const flow = new Flow(bridge, { pacer, signal });
    const end = performance.now() + seconds * 1000;
    let sequence = 0;
    for (;;) {
      const turn = flow.before(size);
      if (turn) await turn;
      if (performance.now() >= end) return;
      writeHeader(this.#message, { run, sequence, sentAt: now() });
      let more: boolean;
      try {
        more = bridge.sendRaw(to, this.#message, { rawForm });
      } catch (error) {
        // Whoever it was for has left: there is nothing more to measure.
        if (isGone(error)) return;
        // A bridge that moves is no reason to end: what it costs is measured too.
        if (!(error instanceof ConnectionError) || error.code !== 'bridge-not-open') throw error;
        await bridge.opened({ signal });
        continue;
      }
      sequence += 1;
      this.sent += 1;
      const drained = flow.after(more);
      if (drained) await drained;
    }
  }
}

/** Nobody has the endpoint id any more that a message was for. */
export function isGone(error: unknown): boolean {
  return error instanceof UsageError && error.code === 'no-such-endpoint';
}
