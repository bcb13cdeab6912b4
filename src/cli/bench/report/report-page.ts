/** The page of `--report`: one file that needs no other, and no network. */
import type { BenchTransport } from '../channel.ts';
import { chartFigure, type Series } from './chart.ts';
import { type Cell, htmlPage, table, tile, tileList } from './page.ts';
import type { RateRecord, StepRecord, SummaryRecord } from '../record.ts';
import { count, megabits, ms } from '../words.ts';

export interface ReportData {
  summary: SummaryRecord;
  rates: readonly RateRecord[];
  steps: readonly StepRecord[];
  transport: BenchTransport;
  /** When it was made. */
  at: Date;
}

/** Well-formed as XML too. */
export function reportPage(data: ReportData): string {
  return htmlPage({
    title: 'Bridge bench',
    subtitle: circumstances(data),
    content: [tiles(data.summary), charts(data.rates), stepTable(data.steps), rateTable(data.rates)].join(
      '\n',
    ),
    footer:
      'Made by jcli bench, of jitsi-headless. Rates are of payload: 1 Mbit/s is 125 000 bytes a second.',
  });
}

const channelWords: Readonly<Record<BenchTransport, string>> = {
  ws: 'over the bridge WebSocket',
  sctp: 'over an SCTP data channel',
  xmpp: 'through the room’s chat',
};

function circumstances({ summary, transport, at }: ReportData): string {
  const channel = channelWords[transport];
  const when = at.toISOString().replace('T', ' ').slice(0, 16);
  return `Messages of ${count(summary.size)} bytes ${channel}, ${summary.seconds.toFixed(1)} s, ${when} UTC`;
}

function tiles({ sent, received, latency, find }: SummaryRecord): string {
  const all = received.messages + received.lost;
  const share = all === 0 ? 0 : (100 * received.lost) / all;
  const shown = [
    ...(find ? [tile('Highest rate without loss', megabits(find.mbps), findLimit[find.limit])] : []),
    ...(sent.messages > 0 ? [tile('Sent', megabits(sent.mbps), `${count(sent.messages)} messages`)] : []),
    ...(received.messages > 0
      ? [
          tile('Received', megabits(received.mbps), `${count(received.messages)} messages`),
          tile('Lost', `${share.toFixed(2)} %`, oddities(received), received.lost > 0),
        ]
      : []),
    ...(latency
      ? [tile('Latency, median', ms(latency.p50), `p99 ${ms(latency.p99)}, max ${ms(latency.max)}`)]
      : []),
  ];
  return tileList(shown);
}

const findLimit = { loss: 'above it messages are lost', sending: 'the channel takes no more' };

function oddities({ lost, duplicated, reordered }: SummaryRecord['received']): string {
  return `${count(lost)} lost, ${count(duplicated)} twice, ${count(reordered)} late`;
}

/** Seconds of a last measurement that is too short to be compared with the others. */
const tooShort = 0.25;

function charts(all: readonly RateRecord[]): string {
  const rates = all.filter(({ seconds }) => seconds >= tooShort || all.length === 1);
  const times = rates.map(({ at }) => at);
  const series = (
    name: string,
    className: string,
    value: (rate: RateRecord) => number | undefined,
  ): Series => {
    return { name, className, values: rates.map(value) };
  };
  const rate = [
    ...(rates.some(hasSent) ? [series('sent', 'sent', ({ sent }) => sent.mbps)] : []),
    ...(rates.some(hasReceived) ? [series('received', 'received', ({ received }) => received.mbps)] : []),
  ];
  const latency = [
    series('p50', 'p50', ({ latency }) => latency?.p50),
    series('p99', 'p99', ({ latency }) => latency?.p99),
  ];
  const lost = [series('lost', 'lost', ({ received }) => received.lost)];
  const figures = [
    { isShown: rate.length > 0, title: 'Rate', unit: 'Mbit/s', series: rate, format: megabits },
    { isShown: rates.some(hasLatency), title: 'Latency', unit: 'ms', series: latency, format: ms },
    { isShown: rates.some(hasLost), title: 'Lost', unit: 'messages', series: lost, format: count },
  ];
  return figures
    .filter(({ isShown }) => isShown)
    .map((figure) => chartFigure({ ...figure, times }))
    .join('\n');
}

function stepTable(steps: readonly StepRecord[]): string {
  if (steps.length === 0) return '';
  const rows = steps.map(({ tried, sent, lost }) => [megabits(tried), megabits(sent), lostCell(lost)]);
  return table('Search', ['tried', 'sent', 'lost'], rows);
}

function rateTable(rates: readonly RateRecord[]): string {
  const columns: readonly Column[] = [
    { head: 'at', cell: ({ at }) => `${at.toFixed(1)} s` },
    { head: 'sent', isShown: hasSent, cell: ({ sent }) => megabits(sent.mbps) },
    { head: 'received', isShown: hasReceived, cell: ({ received }) => megabits(received.mbps) },
    { head: 'lost', isShown: hasReceived, cell: ({ received }) => lostCell(received.lost) },
    ...(['p50', 'p90', 'p99', 'max'] as const).map((key) => ({
      head: key === 'p50' ? 'latency p50' : key,
      isShown: hasLatency,
      cell: ({ latency }: RateRecord) => (latency ? ms(latency[key]) : ''),
    })),
  ];
  const shown = columns.filter(({ isShown }) => isShown === undefined || rates.some(isShown));
  const rows = rates.map((rate) => shown.map(({ cell }) => cell(rate)));
  return table(
    'Second by second',
    shown.map(({ head }) => head),
    rows,
  );
}

interface Column {
  head: string;
  /** Whether a second has something for it; a column without anything is left out. */
  isShown?: (rate: RateRecord) => boolean;
  cell: (rate: RateRecord) => Cell;
}

const hasSent = ({ sent }: RateRecord): boolean => sent.messages > 0;
const hasReceived = ({ received }: RateRecord): boolean => received.messages + received.lost > 0;
const hasLost = ({ received }: RateRecord): boolean => received.lost > 0;
const hasLatency = ({ latency }: RateRecord): boolean => latency !== undefined;

function lostCell(lost: number): Cell {
  return lost > 0 ? { text: count(lost), className: 'bad' } : '0';
}
