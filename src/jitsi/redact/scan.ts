/** Steps through XML and JSON in any text, each in time linear in what it passes. */

/** How far the rest of a tag is looked through. A mark and the tag's end are near each other, or somebody plays games. */
const longestTag = 500;
const longestName = 32;

/** Where something other than blanks stands. */
export function afterBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text[at])) at += 1;
  return at;
}

/** The places of a tag outside its values, from `from` on: to its `>`, the next `<`, or so far that it is none. */
function* placesInTag(text: string, from: number): Generator<number, void, undefined> {
  const limit = Math.min(text.length, from + longestTag);
  let quote: string | undefined;
  for (let at = from; at < limit && text[at] !== '<'; at += 1) {
    const character = text[at];
    if (character === quote) quote = undefined;
    else if (quote === undefined) {
      if (character === '"' || character === "'") quote = character;
      yield at;
      if (character === '>') return;
    }
  }
}

/** Behind the `>` of the tag that `from` is in; undefined where there is none before the next `<`. */
export function endOfTag(text: string, from: number): number | undefined {
  for (const at of placesInTag(text, from)) if (text[at] === '>') return at + 1;
  return undefined;
}

/** The end of the characters, entities and CDATA sections from there on. */
export function endOfMarkupText(text: string, from: number): number {
  const section = '<![CDATA[';
  let at = from;
  for (;;) {
    at = orEnd(text, text.indexOf('<', at));
    if (!text.startsWith(section, at)) return at;
    const end = text.indexOf(']]>', at);
    if (end < 0) return text.length;
    at = end + 3;
  }
}

/** What `read` makes of the place behind the attribute `name`, in the tag that `from` is in. */
export function valueInTag<Result>(
  text: string,
  from: number,
  name: string,
  read: (text: string, from: number) => Result | undefined,
): Result | undefined {
  for (const at of placesInTag(text, from)) {
    if (!isSpace(text[at]) || !text.startsWith(name, at + 1)) continue;
    const result = read(text, at + 1 + name.length);
    if (result !== undefined) return result;
  }
  return undefined;
}

const quotes = ['"', '&quot;', '&#34;', '&#x22;'];

/** The quote that stands there: plain, as XML text, or with the backslashes of a string of JSON that it is in. */
export function openingQuote(text: string, from: number): string | undefined {
  let at = from;
  while (at < from + 15 && text[at] === '\\') at += 1;
  const quote = quotes.find((form) => text.startsWith(form, at));
  return quote === undefined ? undefined : text.slice(from, at) + quote;
}

/**
 * Behind the quote that ends a string of JSON, or one that this string is in; the text's end when there is none. A quote
 * inside it has one backslash more before it than the backslashes of the opening one come to when they are escaped.
 */
export function endOfQuoted(text: string, from: number, opening: string): number {
  const mark = opening.replaceAll('\\', '');
  const backslashes = opening.length - mark.length;
  const unit = 2 * backslashes + 2;
  let run = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') run += 1;
    else if (text.startsWith(mark, at) && run % unit !== unit - 1) return at + mark.length;
    // Text of XML ends here.
    else if (text[at] === '<' && mark !== '"') return at;
    else run = 0;
  }
  return text.length;
}

function orEnd(text: string, index: number): number {
  return index < 0 ? text.length : index;
}

/** Where the letters, digits and underscores before `end` begin. */
export function startOfName(text: string, end: number): number {
  let at = end;
  while (at > 0 && at > end - longestName && isWordCharacter(text[at - 1])) at -= 1;
  return at;
}

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && ' \t\n\v\f\r'.includes(character);
}

export function isNameCharacter(character: string | undefined): boolean {
  return isWordCharacter(character) || (character !== undefined && '.:-'.includes(character));
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /^\w$/.test(character);
}
