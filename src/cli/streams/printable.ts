/**
 * Text from the network, made harmless for a terminal: names and messages are written by strangers, and control
 * characters would let them move the cursor, recolour, retitle, or fake lines of other people.
 */

/** C0, DEL, C1 (U+009B starts a sequence as ESC [ does), line separators, and marks that reorder what is shown. */
// oxlint-disable-next-line no-control-regex
const dangerous = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One line of text: line breaks become ` ⏎ `, other control characters visible escapes such as `\x1b`. */
export function printable(text: string): string {
  return text
    .replace(/\r\n|[\r\n\u2028\u2029]/g, ' ⏎ ')
    .replaceAll('\t', ' ')
    .replace(dangerous, (character) => {
      const code = character.charCodeAt(0).toString(16);
      return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
    });
}

/** JSON that is safe to look at: the same value, with the dangerous characters written as escapes. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(dangerous, (character) =>
    // What indents is JSON's own.
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
