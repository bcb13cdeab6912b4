/** What somebody may have meant who wrote a name that there is not. */

/** At most three of `names`, nearest first: those that hold it, that it holds, or that differ in a few letters. */
export function nearNames(wrong: string, names: readonly string[]): string[] {
  const lower = wrong.toLowerCase();
  return names
    .map((name) => ({ name, distance: distanceOf(lower, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(lower.length / 4)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Letters to change, add or take away; 1 where one is the beginning or the end of the other. */
function distanceOf(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length > 2 && short !== long && (long.startsWith(short) || long.endsWith(short))) return 1;
  // One row of the table at a time (Wagner and Fischer); names are short, what is compared with them may not be.
  if (long.length - short.length > short.length) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
