/** Counts, and what is said of them. */

export interface Counts {
  messages: number;
  /** of payload */
  bytes: number;
  lost: number;
  duplicated: number;
  reordered: number;
}

export const noCounts: Counts = { messages: 0, bytes: 0, lost: 0, duplicated: 0, reordered: 0 };

export function sumOf(all: Iterable<Counts>): Counts {
  const sum = { ...noCounts };
  for (const counts of all) for (const key of keys) sum[key] += counts[key];
  return sum;
}

/** What has come between two looks. A message that was late makes the lost ones fewer: then none is lost. */
export function difference(now: Counts, before: Counts): Counts {
  const result = { ...noCounts };
  for (const key of keys) result[key] = Math.max(0, now[key] - before[key]);
  return result;
}

/** Megabits a second, to three digits after the point. */
export function mbps(bytes: number, seconds: number): number {
  return seconds <= 0 ? 0 : rounded((bytes * 8) / 1e6 / seconds);
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const keys = Object.keys(noCounts) as (keyof Counts)[];
