/** Whether what a process holds has grown since it was warm. */
import { type Drift, driftOf, isFlat } from '../lib/drift.ts';
import { countOf, type Sample } from '../lib/sample.ts';

export type Side = 'client' | 'deployment';
export type Figure = 'heap' | 'resident' | 'handles' | 'sockets';

export interface SoakSample extends Sample {
  /** s since the beginning. */
  at: number;
  visits: number;
}

export interface Verdict {
  side: Side;
  figure: Figure;
  drift: Drift;
  isFlat: boolean;
}

export interface Bounds {
  /** As a part, for all figures. */
  share: number;
  /** For each in any case, in its own unit: a heap of 20 MiB moves by itself, and a handle is a large part of thirty. */
  slack: Readonly<Record<Figure, number>>;
}

export function figureOf(sample: Sample, figure: Figure): number | undefined {
  return figure === 'handles' ? countOf(sample.handles) : sample[figure];
}

/** Undefined for figures that the system does not tell. */
export function verdictOf(
  side: Side,
  figure: Figure,
  samples: readonly SoakSample[],
  { share, slack }: Bounds,
): Verdict | undefined {
  const values = samples.map((sample) => figureOf(sample, figure));
  if (!values.every((value) => value !== undefined)) return undefined;
  const drift = driftOf(values);
  return { side, figure, drift, isFlat: isFlat(drift, share, slack[figure]) };
}

const mebibyte = 1024 * 1024;

/** 5 %, and what a figure of that size does by itself. */
const bounds: Bounds = {
  share: 0.05,
  slack: { heap: 1 * mebibyte, resident: 8 * mebibyte, handles: 2, sockets: 1 },
};
/**
 * Of a run that is too short for code and caches to be warm, and for what ends by itself within a minute to end. What is open when nobody is
 * there any more is judged all the same.
 */
const shortBounds: Bounds = {
  share: 0.05,
  slack: {
    heap: 24 * mebibyte,
    resident: Number.POSITIVE_INFINITY,
    handles: Number.POSITIVE_INFINITY,
    sockets: Number.POSITIVE_INFINITY,
  },
};

export function boundsOf(isShort: boolean): Bounds {
  return isShort ? shortBounds : bounds;
}

export function verdictsOf(samples: Readonly<Record<Side, SoakSample[]>>, allowed: Bounds): Verdict[] {
  return (['client', 'deployment'] as const).flatMap((side) =>
    (['heap', 'resident', 'handles', 'sockets'] as const).flatMap(
      (figure) => verdictOf(side, figure, samples[side], allowed) ?? [],
    ),
  );
}

/** In words. What is open when nobody is there any more is a leak, however small. */
export function failuresOf(
  verdicts: readonly Verdict[],
  idle: Readonly<Record<Side, { before: Sample; after: Sample }>>,
): string[] {
  const grown = verdicts
    .filter(({ isFlat: flat }) => !flat)
    .map(({ side, figure }) => `${figure} of the ${side} grows`);
  const left = Object.entries(idle).flatMap(([side, { before, after }]) => [
    ...(countOf(after.handles) > countOf(before.handles)
      ? [
          `the ${side} has ${countOf(after.handles)} handles after all have left, ${countOf(before.handles)} before`,
        ]
      : []),
    ...((after.sockets ?? 0) > (before.sockets ?? 0)
      ? [`the ${side} has ${after.sockets} sockets after all have left, ${before.sockets} before`]
      : []),
  ]);
  return [...grown, ...left];
}
