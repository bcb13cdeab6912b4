/**
 * What is left out of a message because it cannot be used. One odd entry never costs the rest: the session works without it,
 * and who looks for the reason finds it in the debug log.
 */

/** Told of each entry that is left out, in words. */
export type LeftOut = (what: string) => void;

/**
 * @returns what reads one entry of a kind, and leaves it out when that gives undefined
 * @param written the entry in short
 */
export function keep<Entry, Value>(
  read: (entry: Entry) => Value | undefined,
  written: (entry: Entry) => string,
  leftOut: LeftOut,
): (entry: Entry) => Value[] {
  return (entry) => {
    const value = read(entry);
    if (value !== undefined) return [value];
    leftOut(written(entry));
    return [];
  };
}
