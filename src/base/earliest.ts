/** The first of several times, such as those at which the parts of a machine want to be told of the time; undefined where there is none. */
export function earliest(...times: (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}
