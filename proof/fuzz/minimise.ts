import type { Input } from './target.ts';

/**
 * A part of the input that still fails, from which no single piece can be left out (ddmin: Zeller and Hildebrandt, "Simplifying and
 * isolating failure-inducing input", 2002).
 *
 * @param fails whether a candidate still does
 * @param patience ms after which what was found so far is good enough
 */
export async function minimise<Kind extends Input>(
  input: Kind,
  fails: (candidate: Kind) => boolean | Promise<boolean>,
  patience = 20_000,
): Promise<Kind> {
  const end = performance.now() + patience;
  let smallest = input;
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length; ) {
      if (performance.now() > end) return smallest;
      const candidate = without(smallest, at, at + size);
      if (await fails(candidate)) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}

function without<Kind extends Input>(input: Kind, start: number, end: number): Kind {
  if (typeof input === 'string') return (input.slice(0, start) + input.slice(end)) as Kind;
  return Uint8Array.from([...input.subarray(0, start), ...input.subarray(end)]) as Kind;
}
