/**
 * A copy of a text, for those who keep it long: an engine cuts a text out of another without copying, so that twenty characters of a stanza
 * keep all of the stanza (V8's sliced strings).
 */
export function ownCopy(text: string): string {
  // What is put together is written anew before it is cut.
  return ` ${text}`.slice(1);
}
