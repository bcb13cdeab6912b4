/** A bench's figures in words. */
import type { Latency, RateRecord, ReportRecord, StepRecord, SummaryRecord } from './record.ts';

/** One second, for the live line. */
export function rateWords(
  { at, sent, received, latency }: RateRecord,
  reports: readonly ReportRecord[],
): string {
  const parts = [`${at.toFixed(0).padStart(3)} s`];
  if (sent.messages > 0) parts.push(`sent ${megabits(sent.mbps)}, ${count(sent.messages)} messages`);
  if (received.messages > 0) parts.push(`received ${megabits(received.mbps)}, lost ${count(received.lost)}`);
  if (latency) parts.push(`latency ${ms(latency.p50)}, p99 ${ms(latency.p99)}`);
  if (reports.length > 0) parts.push(`lost by others ${count(Math.max(...reports.map(({ lost }) => lost)))}`);
  return parts.join('  |  ');
}

export function stepWords({ tried, sent, lost }: StepRecord): string {
  const result = lost > 0 ? `${count(lost)} messages lost` : 'nothing lost';
  return `tried ${megabits(tried)}: ${megabits(sent)} sent, ${result}`;
}

export function reportWords({ from, displayName, messages, lost }: ReportRecord): string {
  return `${displayName ?? from} has received ${count(messages)} messages, and lost ${count(lost)}`;
}

/** The summary as lines. */
export function summaryWords({ size, sent, received, latency, find }: SummaryRecord): string[] {
  const lines: string[] = [];
  if (sent.messages > 0)
    lines.push(`sent      ${count(sent.messages)} messages of ${count(size)} bytes: ${megabits(sent.mbps)}`);
  if (received.messages > 0) {
    const { messages, lost, duplicated, reordered, before } = received;
    lines.push(`received  ${count(messages)} messages: ${megabits(received.mbps)}`);
    const all = messages + lost;
    const share = ((100 * lost) / all).toFixed(2);
    lines.push(
      `          lost ${count(lost)} (${share} %), duplicated ${count(duplicated)}, reordered ${count(reordered)}`,
    );
    if (before !== undefined)
      lines.push(`          ${count(before)} were sent before we came, and are not counted`);
  }
  if (latency) lines.push(`latency   ${latencyWords(latency)}`);
  if (find) {
    const why = find.limit === 'loss' ? 'above it messages are lost' : 'the channel takes no more';
    lines.push(`highest rate without loss: ${megabits(find.mbps)} (${why})`);
  }
  return lines.length === 0 ? ['nothing was sent or received'] : lines;
}

function latencyWords({ p50, p90, p99, max, error }: Latency): string {
  const doubt = error === 0 ? '' : ` (± ${ms(error)}: two clocks)`;
  return `p50 ${ms(p50)}, p90 ${ms(p90)}, p99 ${ms(p99)}, max ${ms(max)}${doubt}`;
}

/** Digits in groups of three. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

export function megabits(mbps: number): string {
  return `${precise(mbps)} Mbit/s`;
}

export function ms(value: number): string {
  return `${precise(value)} ms`;
}

/** About three digits. */
function precise(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
