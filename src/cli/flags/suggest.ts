/** What somebody may have meant who mistyped a word. */
import { editDistance } from '../../base/edit-distance.ts';

/** Changes that a typing mistake makes: one in a short word, two in a longer one. */
function mostChanges(word: string): number {
  return word.length < 6 ? 1 : 2;
}

/** Those of `words` that are near to `typed`, nearest first; mostly none. */
export function nearest(typed: string, words: Iterable<string>): string[] {
  return [...new Set(words)]
    .map((word) => ({ word, changes: editDistance(typed, word, mostChanges(typed)) }))
    .filter(({ word, changes }) => changes <= mostChanges(word))
    .sort((one, other) => one.changes - other.changes)
    .map(({ word }) => word);
}
