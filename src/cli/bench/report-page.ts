/** The page of `--report`: one file that needs no other, and no network. */
import { chartFigure } from './chart.ts';
import { escapeHtml } from './html.ts';
import type { RateRecord, StepRecord, SummaryRecord } from './record.ts';
import { reportStyle } from './report-style.ts';
import { count, megabits, ms } from './words.ts';

export interface ReportData {
  summary: SummaryRecord;
  rates: readonly RateRecord[];
  steps: readonly StepRecord[];
  transport: 'ws' | 'sctp';
  /** When it was made. */
  at: Date;
}

/** Well-formed as XML too. */
export function reportPage(data: ReportData): string {
  const title = 'Bridge bench';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${title}</title>
<style>${reportStyle}</style>
</head>
<body><main>
<header><h1>${title}</h1><p>${escapeHtml(circumstances(data))}</p></header>
${tiles(data.summary)}
${charts(data.rates)}
${stepTable(data.steps)}
${rateTable(data.rates)}
<footer>Made by jcli bench, of jitsi-headless. Rates are of payload: 1 Mbit/s is 125 000 bytes a second.</footer>
</main></body>
</html>
`;
}

function circumstances({ summary, transport, at }: ReportData): string {
  const channel = transport === 'ws' ? 'over the bridge WebSocket' : 'over an SCTP data channel';
  const when = at.toISOString().replace('T', ' ').slice(0, 16);
  return `Messages of ${count(summary.size)} bytes ${channel}, ${summary.seconds.toFixed(1)} s, ${when} UTC`;
}

function tiles({ sent, received, latency, find }: SummaryRecord): string {
  const all = received.messages + received.lost;
  const share = all === 0 ? 0 : (100 * received.lost) / all;
  const tile = (name: string, value: string, more: string, isBad = false): string => {
    const [, figure = value, unit = ''] = /^(\S+) (\S+)$/.exec(value) ?? [];
    return (
      `<div class="tile${isBad ? ' bad' : ''}"><dt>${escapeHtml(name)}</dt>` +
      `<dd>${escapeHtml(figure)} <small>${escapeHtml(unit)}</small></dd><dd class="more">${escapeHtml(more)}</dd></div>`
    );
  };
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
  return `<dl class="tiles">${shown.join('')}</dl>`;
}

const findLimit = { loss: 'above it messages are lost', sending: 'the channel takes no more' };

function oddities({ lost, duplicated, reordered }: SummaryRecord['received']): string {
  return `${count(lost)} lost, ${count(duplicated)} twice, ${count(reordered)} late`;
}

function charts(rates: readonly RateRecord[]): string {
  const times = rates.map(({ at }) => at);
  const hasSent = rates.some(({ sent }) => sent.messages > 0);
  const hasReceived = rates.some(({ received }) => received.messages > 0);
  const rateSeries = [
    ...(hasSent ? [{ name: 'sent', className: 'sent', values: rates.map(({ sent }) => sent.mbps) }] : []),
    ...(hasReceived
      ? [{ name: 'received', className: 'received', values: rates.map(({ received }) => received.mbps) }]
      : []),
  ];
  const figures: string[] = [];
  if (rateSeries.length > 0)
    figures.push(chartFigure({ title: 'Rate', unit: 'Mbit/s', times, series: rateSeries, format: megabits }));
  if (rates.some(({ latency }) => latency)) {
    const series = [
      { name: 'p50', className: 'p50', values: rates.map(({ latency }) => latency?.p50) },
      { name: 'p99', className: 'p99', values: rates.map(({ latency }) => latency?.p99) },
    ];
    figures.push(chartFigure({ title: 'Latency', unit: 'ms', times, series, format: ms }));
  }
  if (rates.some(({ received }) => received.lost > 0)) {
    const series = [{ name: 'lost', className: 'lost', values: rates.map(({ received }) => received.lost) }];
    figures.push(chartFigure({ title: 'Lost', unit: 'messages', times, series, format: count }));
  }
  return figures.join('\n');
}

function stepTable(steps: readonly StepRecord[]): string {
  if (steps.length === 0) return '';
  const rows = steps.map(({ tried, sent, lost }) => [megabits(tried), megabits(sent), lostCell(lost)]);
  return table('Search', ['tried', 'sent', 'lost'], rows);
}

function rateTable(rates: readonly RateRecord[]): string {
  if (rates.length === 0) return '';
  const hasLatency = rates.some(({ latency }) => latency);
  const head = [
    'at',
    'sent',
    'received',
    'lost',
    ...(hasLatency ? ['latency p50', 'p90', 'p99', 'max'] : []),
  ];
  const rows = rates.map(({ at, sent, received, latency }) => [
    `${at.toFixed(1)} s`,
    megabits(sent.mbps),
    megabits(received.mbps),
    lostCell(received.lost),
    ...(hasLatency ? latencyCells(latency) : []),
  ]);
  return table('Second by second', head, rows);
}

function latencyCells(latency: RateRecord['latency']): string[] {
  if (!latency) return ['', '', '', ''];
  return [latency.p50, latency.p90, latency.p99, latency.max].map(ms);
}

type Cell = string | { text: string; className: string };

function lostCell(lost: number): Cell {
  return lost > 0 ? { text: count(lost), className: 'bad' } : '0';
}

function table(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (content: Cell): string =>
    typeof content === 'string'
      ? `<td>${escapeHtml(content)}</td>`
      : `<td class="${content.className}">${escapeHtml(content.text)}</td>`;
  const headings = head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  return `<section><h2>${escapeHtml(title)}</h2><table><thead><tr>${headings}</tr></thead><tbody>${body}</tbody></table></section>`;
}
