/** The objects that `bench` prints. Their field names are a promise. */
import type { Percentiles } from './measuring/latency.ts';
import { type Counts, mbps, rounded } from './measuring/tally.ts';

export interface Amount {
  messages: number;
  /** of payload */
  bytes: number;
  mbps: number;
}

export interface ReceivedAmount extends Amount {
  lost: number;
  duplicated: number;
  reordered: number;
  /** Messages that were sent before we were there to count, where there were any; they are not lost. */
  before?: number;
}

/** ms from sending to receiving. */
export interface Latency extends Percentiles {
  /** What the values may be off because two clocks were read; 0 on one machine. */
  error: number;
}

/** One second; the last one may be shorter. */
export interface RateRecord {
  type: 'rate';
  /** Seconds since the bench began, at the end of this one. */
  at: number;
  seconds: number;
  sent: Amount;
  received: ReceivedAmount;
  latency?: Latency;
}

/** A try in the search for the highest rate. */
export interface StepRecord {
  type: 'step';
  /** Megabits a second that were tried, and that were sent. */
  tried: number;
  sent: number;
  /** Messages. */
  lost: number;
}

/** What a receiver says it has got of ours. */
export type ReportRecord = { type: 'report'; from: string; displayName: string | null } & Counts;

export interface SummaryRecord {
  type: 'summary';
  /** Bytes of payload of each message that was sent; where none was, of those received, on average. */
  size: number;
  seconds: number;
  sent: Amount;
  received: ReceivedAmount;
  latency?: Latency;
  /** The highest rate without loss, and why it is not higher. */
  find?: { mbps: number; limit: 'loss' | 'sending' };
}

export function amountSent(messages: number, size: number, seconds: number): Amount {
  return { messages, bytes: messages * size, mbps: mbps(messages * size, seconds) };
}

export function amountReceived(counts: Counts, seconds: number): ReceivedAmount {
  const { messages, bytes, lost, duplicated, reordered } = counts;
  return { messages, bytes, mbps: mbps(bytes, seconds), lost, duplicated, reordered };
}

export function latencyOf(percentiles: Percentiles | undefined, error: number): Latency | undefined {
  if (!percentiles) return undefined;
  const { p50, p90, p99, max } = percentiles;
  return {
    p50: rounded(p50),
    p90: rounded(p90),
    p99: rounded(p99),
    max: rounded(max),
    error: rounded(error),
  };
}
