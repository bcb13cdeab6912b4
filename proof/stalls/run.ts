/** What a modelled bridge estimates of participants whose owners compute now and then (test/support/stalls): a table of many runs, and the curves of one. */
import { type Chart, chartFigure, chartPicture } from '../../src/cli/bench/report/chart.ts';
import { htmlPage, table } from '../../src/cli/bench/report/page.ts';
import { meanEstimate, type Reading, type StallRun, stallRun } from '../../test/support/stalls/stall-run.ts';

export interface StallsOptions {
  /** s */
  seconds: number;
  seeds: number;
}

export interface StallsResult {
  text: string;
  page: string;
  /** The curves with the longest stalls, a file of its own. */
  picture: string;
  problems: string[];
}

interface Row {
  title: string;
  className: string;
  reading: Reading;
  stall: number;
}

const stalls = [100, 200] as const;
const undisturbed: Row = { title: 'undisturbed', className: 'received', reading: 'as read', stall: 0 };
const disturbed = (stall: number): Row[] => [
  { title: 'thread', className: 'p50', reading: 'thread', stall },
  { title: 'spread', className: 'p99', reading: 'spread', stall },
  { title: 'as read', className: 'sent', reading: 'as read', stall },
];
const mbit = (bitrate: number): number => Math.round(bitrate / 10_000) / 100;
/** Of what is estimated undisturbed. */
const tolerance = 0.1;

export function compareStalls({ seconds, seeds }: StallsOptions): StallsResult {
  const measure = (row: Row): Row & { runs: StallRun[]; mean: number } => {
    const { reading, stall } = row;
    const runs = Array.from({ length: seeds }, (_, index) =>
      stallRun({ reading, stall, duration: seconds, seed: index + 1 }),
    );
    return { ...row, runs, mean: runs.reduce((sum, run) => sum + meanEstimate(run), 0) / seeds };
  };
  const still = measure(undisturbed);
  const groups = stalls.map((stall) => ({ stall, rows: disturbed(stall).map(measure) }));
  const charts = groups.map(({ stall, rows }): Chart => chartOf(stall, [still, ...rows]));
  const cells = [still, ...groups.flatMap(({ rows }) => rows)].map(({ mean, runs, stall, title }) => [
    stall === 0 ? title : `${stall} ms twice a second, ${title}`,
    mbit(mean).toFixed(2),
    mbit(Math.min(...runs.flatMap(({ estimates }) => estimates))).toFixed(2),
    `${Math.round((100 * without(runs)) / (seconds * seeds))} %`,
    String(runs.reduce((sum, { delivered, sent }) => sum + sent - delivered, 0)),
  ]);
  const head = ['', 'mean, Mbit/s', 'lowest', 'time without one of two videos', 'packets lost'];
  return {
    text: [head, ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n'),
    page: htmlPage({
      title: 'What a bridge estimates',
      subtitle: `of a participant whose owner computes twice a second, by a model in virtual time; ${seeds} runs of ${seconds} s, curves of the first`,
      content: [...charts.map(chartFigure), table('Means of all runs', head, cells)].join('\n'),
      footer: 'Made by proof/stalls.mjs, of jitsi-headless.',
    }),
    picture: charts.map(chartPicture).at(-1) ?? '',
    problems: groups.flatMap(({ stall, rows }) =>
      rows
        .filter(({ mean, reading }) => reading === 'thread' && Math.abs(mean / still.mean - 1) > tolerance)
        .map(
          ({ mean }) => `${stall} ms: a thread has ${mbit(mean)} Mbit/s, undisturbed are ${mbit(still.mean)}`,
        ),
    ),
  };
}

function without(runs: readonly StallRun[]): number {
  return runs.flatMap(({ videos }) => videos).filter((videos) => videos < 2).length;
}

function chartOf(stall: number, rows: readonly (Row & { runs: readonly StallRun[] })[]): Chart {
  const curves = rows.map(({ className, runs, title }) => ({
    name: title,
    className,
    values: (runs[0]?.estimates ?? []).map(mbit),
  }));
  return {
    title: `Estimate, the owner's code blocks for ${stall} ms twice a second`,
    unit: 'Mbit/s',
    times: (curves[0]?.values ?? []).map((_, index) => index + 1),
    series: curves,
    format: (value) => `${value} Mbit/s`,
  };
}
