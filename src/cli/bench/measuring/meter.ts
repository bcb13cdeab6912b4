/** Reads what all endpoints of this process have sent and received: second by second, and in all. */
import { defined } from '../../../base/defined.ts';
import type { BenchEndpoint } from '../endpoint.ts';
import { LatencyHistogram } from './latency.ts';
import { amountReceived, amountSent, latencyOf, type RateRecord, type SummaryRecord } from '../record.ts';
import { type Counts, difference, noCounts, rounded, sumOf } from './tally.ts';

export type Metered = {
  receiver: Pick<
    BenchEndpoint['receiver'],
    'counts' | 'before' | 'latency' | 'clockError' | 'seconds' | 'isRunning'
  >;
  sender: Pick<BenchEndpoint['sender'], 'sent' | 'seconds' | 'isRunning'>;
};

export class Meter {
  readonly #endpoints: readonly Metered[];
  readonly #size: number;
  readonly #now: () => number;
  #lastAt: number;
  /** Seconds from when something was sent or received for the first time to the last look. */
  #elapsed = 0;
  #lastSent = 0;
  #lastReceived: Counts = noCounts;
  readonly #latency = new LatencyHistogram();

  /** @param now ms, of a clock that never goes back */
  constructor(endpoints: readonly Metered[], size: number, now: () => number) {
    this.#endpoints = endpoints;
    this.#size = size;
    this.#now = now;
    this.#lastAt = now();
  }

  /** Nothing was sent, and nothing received. */
  get isEmpty(): boolean {
    return this.#endpoints.every(({ sender, receiver }) => sender.sent + receiver.counts.messages === 0);
  }

  /**
   * What has come since the last look; undefined until something has.
   * @param isLast nothing more will come
   */
  look(isLast = false): RateRecord | undefined {
    const now = this.#now();
    const sent = this.#endpoints.reduce((sum, { sender }) => sum + sender.sent, 0);
    const received = sumOf(this.#endpoints.map(({ receiver }) => receiver.counts));
    const until = this.#elapsedAt(now);
    const at = this.#isRunning ? until : Math.min(until, Math.max(this.#active, this.#elapsed));
    const seconds = at - this.#elapsed;
    const newSent = sent - this.#lastSent;
    const newReceived = difference(received, this.#lastReceived);
    const latency = this.#newLatencies();
    [this.#lastAt, this.#lastSent, this.#lastReceived] = [now, sent, received];
    if (newSent === 0 && newReceived.messages === 0 && (this.#elapsed === 0 || isLast || !this.#isRunning))
      return undefined;
    this.#elapsed = until;
    return {
      type: 'rate',
      at: rounded(at),
      seconds: rounded(seconds),
      sent: amountSent(newSent, this.#size, seconds),
      received: amountReceived(newReceived, seconds),
      ...defined({ latency: latencyOf(latency.percentiles(), this.#clockError) }),
    };
  }

  /** Everything, as of the last look. */
  summary(): SummaryRecord {
    const sentSeconds = Math.max(...this.#endpoints.map(({ sender }) => sender.seconds));
    const receivedSeconds = Math.max(...this.#endpoints.map(({ receiver }) => receiver.seconds));
    const before = this.#endpoints.reduce((sum, { receiver }) => sum + receiver.before, 0);
    return {
      type: 'summary',
      size: this.#lastSent > 0 ? this.#size : averageSize(this.#lastReceived),
      seconds: rounded(Math.max(sentSeconds, receivedSeconds)),
      sent: amountSent(this.#lastSent, this.#size, sentSeconds),
      received: { ...amountReceived(this.#lastReceived, receivedSeconds), ...(before > 0 ? { before } : {}) },
      ...defined({ latency: latencyOf(this.#latency.percentiles(), this.#clockError) }),
    };
  }

  /** Seconds since the first message: before it there is nothing to look at. */
  #elapsedAt(now: number): number {
    const since = (now - this.#lastAt) / 1000;
    return this.#elapsed > 0 ? this.#elapsed + since : Math.min(since, this.#active || since);
  }

  /** Seconds of sending, or from the first message that came to the latest: what is idle at the end is no part of a rate. */
  get #active(): number {
    return Math.max(...this.#endpoints.flatMap(({ sender, receiver }) => [sender.seconds, receiver.seconds]));
  }

  get #isRunning(): boolean {
    return this.#endpoints.some(
      ({ sender, receiver }) => sender.isRunning || (receiver.seconds > 0 && receiver.isRunning),
    );
  }

  get #clockError(): number {
    return Math.max(0, ...this.#endpoints.map(({ receiver }) => receiver.clockError));
  }

  #newLatencies(): LatencyHistogram {
    const latest = new LatencyHistogram();
    for (const { receiver } of this.#endpoints) {
      latest.merge(receiver.latency);
      receiver.latency.clear();
    }
    this.#latency.merge(latest);
    return latest;
  }
}

function averageSize({ messages, bytes }: Counts): number {
  return messages === 0 ? 0 : Math.round(bytes / messages);
}
