/**
 * Text from the network, made harmless for a terminal: names and messages are written by strangers, and control
 * characters would let them move the cursor, recolour, retitle, or fake lines of other people; characters that reorder
 * others or show nothing would let one name look like another.
 */

/**
 * C0, DEL, C1 (U+009B starts a sequence as ESC [ does), line separators, and everything that Unicode says shows nothing
 * (Default_Ignorable_Code_Point, UAX #44): bidi marks, zero widths, fillers, tags, selectors of forms.
 */
const suspicious = /[\p{Cc}\u2028\u2029\ufff9-\ufffb\p{Default_Ignorable_Code_Point}]/gu;

/** Letters of scripts in which joiners choose between forms (RFC 5892, A.1 and A.2). */
// biome-ignore format: one kind of script a line reads best
const joiningLetter =
  /[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Mand}\p{scx=Adlm}\p{scx=Rohg}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Mymr}\p{scx=Khmr}\p{scx=Tibt}]/u;
const pictograph = /\p{Extended_Pictographic}/u;
const emojiEnd = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u;
const keycap = /[0-9#*]/;
const ideograph = /\p{Unified_Ideograph}/u;
const ideographForm = /[\ufe00-\ufe02\u{e0100}-\u{e01ef}]/u;

/** Whether it is needed where it is: a joiner between letters or within an emoji, a selector right behind what has forms. */
function isNeeded(character: string, before: string, after: string): boolean {
  if (character === '\u200c' || character === '\u200d') {
    if (joiningLetter.test(before) && joiningLetter.test(after)) return true;
    return character === '\u200d' && emojiEnd.test(before) && pictograph.test(after);
  }
  if (character === '\ufe0f' && keycap.test(before)) return after === '\u20e3';
  if (character === '\ufe0e' || character === '\ufe0f') return pictograph.test(before);
  return ideographForm.test(character) && ideograph.test(before);
}

function escaped(text: string, escape: (character: string) => string): string {
  return text.replace(suspicious, (character: string, at: number) => {
    const end = at + character.length;
    const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';
    const [after = ''] = text.slice(end, end + 2);
    return isNeeded(character, before, after) ? character : escape(character);
  });
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
