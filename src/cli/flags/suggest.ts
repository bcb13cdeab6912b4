/** What somebody may have meant who mistyped a word. */

/** Changes that a typing mistake makes: one in a short word, two in a longer one. */
function mostChanges(word: string): number {
  return word.length < 6 ? 1 : 2;
}

/** Those of `words` that are near to `typed`, nearest first; mostly none. */
export function nearest(typed: string, words: Iterable<string>): string[] {
  return [...new Set(words)]
    .map((word) => ({ word, changes: distance(typed, word) }))
    .filter(({ word, changes }) => changes <= mostChanges(word))
    .sort((one, other) => one.changes - other.changes)
    .map(({ word }) => word);
}

/** Characters to insert, leave out, replace, or swap with the next one (optimal string alignment). */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          (above[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (above[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, above] = [above, current];
  }
  return above[to.length] ?? 0;
}
