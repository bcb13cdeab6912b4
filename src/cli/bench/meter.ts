/** Reads what all endpoints of this process have sent and received: second by second, and in all. */
import { defined } from '../../base/defined.ts';
import type { BenchEndpoint } from './endpoint.ts';
import { LatencyHistogram } from './latency.ts';
import { amountReceived, amountSent, latencyOf, type RateRecord, type SummaryRecord } from './record.ts';
import { type Counts, difference, noCounts, rounded, sumOf } from './tally.ts';

export type Metered = {
  receiver: Pick<BenchEndpoint['receiver'], 'counts' | 'latency' | 'clockError' | 'seconds'>;
  sender: Pick<BenchEndpoint['sender'], 'sent' | 'seconds'>;
};

export class Meter {
  readonly #endpoints: readonly Metered[];
  readonly #size: number;
  readonly #now: () => number;
  #lastAt: number;
  /** Seconds that were looked at since something was sent or received for the first time. */
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
    const seconds = this.#secondsUntil(now, isLast);
    const newSent = sent - this.#lastSent;
    const newReceived = difference(received, this.#lastReceived);
    const latency = this.#newLatencies();
    [this.#lastAt, this.#lastSent, this.#lastReceived] = [now, sent, received];
    if (newSent === 0 && newReceived.messages === 0 && (this.#elapsed === 0 || isLast)) return undefined;
    this.#elapsed += seconds;
    return {
      type: 'rate',
      at: rounded(this.#elapsed),
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
    return {
      type: 'summary',
      size: this.#lastSent > 0 ? this.#size : averageSize(this.#lastReceived),
      seconds: rounded(Math.max(sentSeconds, receivedSeconds)),
      sent: amountSent(this.#lastSent, this.#size, sentSeconds),
      received: amountReceived(this.#lastReceived, receivedSeconds),
      ...defined({ latency: latencyOf(this.#latency.percentiles(), this.#clockError) }),
    };
  }

  /** Since the last look; without the time before the first message and after the last. */
  #secondsUntil(now: number, isLast: boolean): number {
    const seconds = (now - this.#lastAt) / 1000;
    if (this.#elapsed > 0 && !isLast) return seconds;
    const active = this.#endpoints.flatMap(({ sender, receiver }) => [sender.seconds, receiver.seconds]);
    const rest = Math.max(...active) - this.#elapsed;
    return rest > 0 ? Math.min(seconds, rest) : seconds;
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
