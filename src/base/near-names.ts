/** What somebody may have meant who wrote a name that there is not. */
import { editDistance } from './edit-distance.ts';

/** At most three of `names`, nearest first: those that hold it, that it holds, or that differ in a few letters. */
export function nearNames(wrong: string, names: readonly string[]): string[] {
  const lower = wrong.toLowerCase();
  const most = Math.max(1, Math.floor(lower.length / 4));
  return names
    .map((name) => ({ name, distance: distanceOf(lower, name.toLowerCase(), most) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** 1 where one is the beginning or the end of the other. */
function distanceOf(a: string, b: string, most: number): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length > 2 && short !== long && (long.startsWith(short) || long.endsWith(short))) return 1;
  return long.length - short.length > short.length ? Infinity : editDistance(a, b, most);
}
