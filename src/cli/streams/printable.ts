/**
 * Text from the network, made harmless for a terminal: names and messages are written by strangers, and control
 * characters would let them move the cursor, recolour, retitle, or fake lines of other people; characters that reorder
 * others or show nothing would let one name look like another.
 */

/** Scripts in which joiners choose between forms of a letter (RFC 5892, A.1 and A.2). */
const joining =
  'Arab|Syrc|Mong|Nkoo|Phag|Mand|Adlm|Rohg|Deva|Beng|Guru|Gujr|Orya|Taml|Telu|Knda|Mlym|Sinh|Mymr|Khmr|Tibt|Limb|Java|Bali'
    .split('|')
    .map((script) => `\\p{scx=${script}}`)
    .join('');

/**
 * What must not be shown as it is: C0, DEL, C1 (U+009B starts a sequence as ESC [ does), line separators, and everything that
 * Unicode says shows nothing (Default_Ignorable_Code_Point, UAX #44): bidi marks, zero widths, fillers, tags. Three that are needed
 * stay in their place: joiners between letters, the joiner within an emoji, the selector of its form right behind it.
 */
const dangerous = new RegExp(
  [
    // The character first: looking behind at every place would be slow.
    `[\\u200c\\u200d](?<=[${joining}].)(?=[${joining}])`,
    '\\u200d(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f].)(?=\\p{Extended_Pictographic})',
    '[\\ufe0e\\ufe0f](?<=\\p{Extended_Pictographic}.)',
    '\\ufe0f(?<=[0-9#*].)(?=\\u20e3)',
    '[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}](?<=\\p{Unified_Ideograph}.)',
    '([\\p{Cc}\\u2028\\u2029\\ufff9-\\ufffb\\p{Default_Ignorable_Code_Point}])',
  ].join('|'),
  'gu',
);

function escaped(text: string, escape: (character: string) => string): string {
  return text.replace(dangerous, (match, character: string | undefined) =>
    character === undefined ? match : escape(character),
  );
}

function visibleEscape(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`;
}

/** One line of text: line breaks become ` ⏎ `, what is not to be shown visible escapes such as `\x1b`. */
export function printable(text: string): string {
  const line = text.replace(/\r\n|[\r\n\u2028\u2029]/g, ' ⏎ ').replaceAll('\t', ' ');
  return escaped(line, visibleEscape);
}

/** JSON that is safe to look at: the same value, with the dangerous characters written as escapes. */
export function printableJson(value: unknown, indent?: number): string {
  return escaped(JSON.stringify(value, null, indent), (character) =>
    // What indents is JSON's own.
    character === '\n' ? character : jsonEscape(character),
  );
}

/** JSON knows UTF-16 only (RFC 8259, 7). */
function jsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, unit) => {
    return `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }).join('');
}
