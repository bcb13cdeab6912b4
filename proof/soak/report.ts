/** The page of a soak, and its words. */
import { type Chart, chartFigure } from '../../src/cli/bench/report/chart.ts';
import { htmlPage, table, tile, tileList } from '../../src/cli/bench/report/page.ts';
import type { SoakResult } from './soak.ts';
import { countOf } from '../lib/sample.ts';
import { type Figure, figureOf, type Side, type SoakSample, type Verdict } from './verdict.ts';

export const sides: readonly Side[] = ['client', 'deployment'];
export const figures: readonly Figure[] = ['heap', 'resident', 'handles', 'sockets'];

const titles: Readonly<Record<Figure, string>> = {
  heap: 'Heap and buffers, after a collection, without compiled code',
  resident: 'Resident memory',
  handles: 'Handles',
  sockets: 'Sockets',
};
const isMemory = (figure: Figure): boolean => figure === 'heap' || figure === 'resident';
const mebibytes = (bytes: number): number => bytes / 1024 / 1024;

/** With its unit. */
export function figureText(figure: Figure, value: number): string {
  return isMemory(figure) ? `${mebibytes(value).toFixed(1)} MiB` : String(value);
}

export function verdictText({ side, figure, drift, isFlat }: Verdict): string {
  const share = (100 * (drift.after - drift.before)) / Math.max(1, drift.before);
  const change = `${share >= 0 ? '+' : ''}${share.toFixed(1)} %`;
  return `${side} ${figure}: ${figureText(figure, drift.before)} → ${figureText(figure, drift.after)} (${change})${isFlat ? '' : ', GROWS'}`;
}

export function soakPage(result: SoakResult, verdicts: readonly Verdict[], at: Date): string {
  const { visits, seconds, samples } = result;
  const when = at.toISOString().replace('T', ' ').slice(0, 16);
  return htmlPage({
    title: 'Soak',
    subtitle: `${visits} visits beside two who stayed, in ${(seconds / 60).toFixed(1)} minutes, ${when} UTC. Medians of the second quarter and of the last are compared.`,
    content: [
      tileList(verdicts.map(verdictTile)),
      ...figures.map((figure) => chartFigure(chartOf(figure, samples))),
      faultTable(result),
      idleTable(result),
      sampleTable(samples),
    ].join('\n'),
    footer: 'Made by npm run soak, of jitsi-headless.',
  });
}

function verdictTile({ side, figure, drift, isFlat }: Verdict): string {
  const share = (100 * (drift.after - drift.before)) / Math.max(1, drift.before);
  return tile(
    `${side}: ${figure}`,
    figureText(figure, drift.after),
    `${share >= 0 ? '+' : ''}${share.toFixed(1)} % from ${figureText(figure, drift.before)}`,
    !isFlat,
  );
}

const colours: Readonly<Record<Side, string>> = { client: 'sent', deployment: 'received' };

function chartOf(figure: Figure, samples: SoakResult['samples']): Chart {
  const scaled = (sample: SoakSample): number | undefined => {
    const value = figureOf(sample, figure);
    return value !== undefined && isMemory(figure) ? mebibytes(value) : value;
  };
  return {
    title: titles[figure],
    unit: isMemory(figure) ? 'MiB' : '',
    times: samples.client.map(({ at }) => at),
    series: sides.map((side) => ({
      name: side,
      className: colours[side],
      values: samples[side].map(scaled),
    })),
    format: (value) => (isMemory(figure) ? `${value.toFixed(1)} MiB` : String(value)),
  };
}

function faultTable({ faults, unconfirmed }: SoakResult): string {
  const rows = Object.entries(faults)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => [name, String(count)]);
  return table(
    'Faults, each between visits',
    ['fault', 'times'],
    [...rows, ['chat lines on their way when a connection broke, said again', String(unconfirmed)]],
  );
}

function idleTable({ idle }: SoakResult): string {
  const rows = sides.flatMap((side) =>
    (['before', 'after'] as const).map((moment) => {
      const { heap, resident, handles, sockets } = idle[side][moment];
      return [
        `${side}, ${moment === 'before' ? 'before anybody came' : 'after all had left'}`,
        figureText('heap', heap),
        figureText('resident', resident),
        handlesText(handles),
        String(sockets ?? '–'),
      ];
    }),
  );
  return table('Nobody there', ['', ...figures], rows);
}

function sampleTable(samples: SoakResult['samples']): string {
  const rows = sides.flatMap((side) =>
    samples[side].map(({ at, visits, heap, resident, handles, sockets }) => [
      `${side} after ${visits} visits`,
      `${at.toFixed(0)} s`,
      figureText('heap', heap),
      figureText('resident', resident),
      String(countOf(handles)),
      String(sockets ?? '–'),
    ]),
  );
  return table('Samples', ['', 'at', ...figures], rows);
}

/** By kind. */
export function handlesText(handles: SoakSample['handles']): string {
  const kinds = Object.entries(handles).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${countOf(handles)}: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}`;
}
