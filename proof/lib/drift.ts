/** Whether a figure grows: robust against single values that stand out, as those of a heap do. */

export interface Drift {
  /** Medians of the second quarter, when everything is warm, and of the last. */
  before: number;
  after: number;
}

/** @param values in order, at least 8 */
export function driftOf(values: readonly number[]): Drift {
  const quarter = Math.floor(values.length / 4);
  if (quarter < 2) throw new Error(`${values.length} values are too few to tell whether they grow`);
  return {
    before: medianOf(values.slice(quarter, 2 * quarter)),
    after: medianOf(values.slice(-quarter)),
  };
}

/** @param share that it may grow by: 0.05 for 5 %; @param slack that it may grow by in any case, in its own unit */
export function isFlat({ before, after }: Drift, share: number, slack: number): boolean {
  return after - before <= Math.max(before * share, slack);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}
