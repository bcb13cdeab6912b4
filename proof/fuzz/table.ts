/** What the shares of a target found, as one row of a table in Markdown. */
import { type Drift, isFlat } from '../lib/drift.ts';
import type { Failure, FuzzResult } from './run.ts';

export interface Row extends Omit<FuzzResult, 'failure'> {
  target: string;
  seconds: number;
  failures: readonly Failure[];
}

/** Bytes that a heap may grow by in any case, and the part of it. */
const heapSlack = 1024 * 1024;
const heapShare = 0.05;
/** Resident memory moves with the allocator; what leaks shows in the heap or its buffers first. */
const residentSlack = 32 * 1024 * 1024;

export function rowOf(target: string, seconds: number, shares: readonly FuzzResult[]): Row {
  const refused: Record<string, number> = {};
  for (const share of shares)
    for (const [code, count] of Object.entries(share.refused)) refused[code] = (refused[code] ?? 0) + count;
  const sum = (key: 'inputs' | 'read'): number => shares.reduce((total, share) => total + share[key], 0);
  const [heap, resident] = [grownMost(shares, 'heap'), grownMost(shares, 'resident')];
  return {
    target,
    seconds,
    inputs: sum('inputs'),
    read: sum('read'),
    refused,
    slowest: shares
      .map(({ slowest }) => slowest)
      .reduce((a, b) => (a.ms > b.ms ? a : b), { ms: 0, length: 0 }),
    ...(heap && { heap }),
    ...(resident && { resident }),
    failures: shares.flatMap(({ failure }) => failure ?? []),
  };
}

/** Everything that is wrong with a row. */
export function failuresOf({ heap, resident, failures }: Row): Partial<Failure>[] {
  return [
    ...failures,
    ...(heap && !isFlat(heap, heapShare, heapSlack) ? [{ error: `the heap grew: ${driftText(heap)}` }] : []),
    ...(resident && !isFlat(resident, 0, residentSlack)
      ? [{ error: `resident memory grew: ${driftText(resident)}` }]
      : []),
  ];
}

const columns: Readonly<Record<string, (row: Row) => string>> = {
  target: ({ target }) => target,
  inputs: ({ inputs }) => String(inputs),
  read: ({ read }) => String(read),
  refused: ({ refused }) =>
    Object.entries(refused)
      .sort(([, a], [, b]) => b - a)
      .map(([code, count]) => `${code} ${count}`)
      .join(', ') || '–',
  'slowest (length)': ({ slowest }) => `${slowest.ms.toFixed(1)} ms (${slowest.length})`,
  'heap, second → last quarter': ({ heap }) => driftText(heap),
  resident: ({ resident }) => driftText(resident),
  failed: (row) => String(failuresOf(row).length),
  time: ({ seconds }) => `${seconds.toFixed(0)} s`,
};

export function tableOf(rows: readonly Row[], withHead: boolean): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const names = Object.keys(columns);
  return [
    ...(withHead ? [line(names), line(names.map(() => '---'))] : []),
    ...rows.map((row) => line(Object.values(columns).map((cell) => cell(row)))),
  ].join('\n');
}

function grownMost(shares: readonly FuzzResult[], figure: 'heap' | 'resident'): Drift | undefined {
  const drifts = shares.flatMap((share) => share[figure] ?? []);
  return drifts.toSorted((a, b) => b.after - b.before - (a.after - a.before))[0];
}

function driftText(drift: Drift | undefined): string {
  if (!drift) return '–';
  const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  return `${mebibytes(drift.before)} → ${mebibytes(drift.after)} MiB`;
}
