/**
 * Takes secrets out of what is logged: tokens and passwords in URLs, SASL credentials, room passwords, TURN credentials,
 * bridge channel passwords. Works on any text, so that nothing depends on a message being well-formed.
 *
 * One walk from mark to mark, by hand and not by regular expressions with a secret in the middle: whatever somebody sends
 * us passes here. What a mark looks through ends before the next mark of its kind, or within a fixed distance, or is not
 * looked through again. So the work grows with the text's length and no faster.
 */
import {
  afterBlanks,
  endOfMarkupText,
  endOfQuoted,
  endOfTag,
  isNameCharacter,
  isSpace,
  openingQuote,
  startOfName,
  valueInTag,
} from './scan.ts';

/** Stands for what was taken out. */
export const hidden = '…';

/** The names that secrets have. Plain words: the search for them is one pass. */
const marks =
  /access_token|credentials?|password|passwd|previd|token|jwt|pwd|secret|authorization|auth|response|enabled|session-?id|:\/\//gi;

/** Characters before the `@` of a URL that are looked through. */
const longestUserInfo = 500;

/** Where a secret is, and what is written in its place. */
interface Span {
  start: number;
  end: number;
  shown: string;
}

export function redactText(text: string): string {
  let redacted = '';
  let position = 0;
  marks.lastIndex = 0;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    const found = spanAt(text, mark.index, mark[0].toLowerCase());
    if (found === undefined) continue;
    if (found.start >= position) redacted += text.slice(position, found.start) + found.shown;
    position = Math.max(position, found.end);
    // A quote may be somebody's text, and another secret's mark in what it seems to hold.
    if (!isQuoted(found)) marks.lastIndex = Math.max(marks.lastIndex, found.end);
  }
  return position === 0 ? text : redacted + text.slice(position);
}

function isQuoted({ shown }: Span): boolean {
  return shown !== hidden;
}

function spanAt(text: string, start: number, name: string): Span | undefined {
  const end = start + name.length;
  const before = text[start - 1];
  switch (name) {
    case 'auth':
    case 'response':
      // SASL: the initial response of PLAIN, the responses of other mechanisms
      return isElementName(text, start, end) ? markupText(text, end) : undefined;
    case 'enabled':
      // The id of an <enabled/> resumes the stream.
      return isElementName(text, start, end) ? valueInTag(text, end, 'id', attribute) : undefined;
    case 'authorization':
      return header(text, end);
    case '://':
      return userInfo(text, end);
    default:
  }
  if (isElementName(text, start, end)) return markupText(text, end); // the room's password when joining
  if (text[end] === '=' && isQueryStart(before)) return query(text, end + 1);
  return (
    json(text, start, end) ??
    (isSpace(before) ? attribute(text, end) : undefined) ??
    (isValue(text, start, end)
      ? (formValue(text, end) ?? valueInTag(text, end + 1, 'value', attribute))
      : undefined) ??
    plain(text, end)
  );
}

/** `<name` or `<prefix:name`, whole. */
function isElementName(text: string, start: number, end: number): boolean {
  if (isNameCharacter(text[end])) return false;
  const first = text[start - 1] === ':' ? startOfName(text, start - 1) : start;
  return text[first - 1] === '<';
}

/** `var="name"`, `name='prefix#name'`. */
function isValue(text: string, start: number, end: number): boolean {
  if (!isQuote(text[end])) return false;
  const first = startOfName(text, start);
  return text[first - 1] === '#' || (isQuote(text[first - 1]) && text[first - 2] === '=');
}

/** The text behind the rest of a tag. */
function markupText(text: string, from: number): Span | undefined {
  const tagEnd = endOfTag(text, from);
  if (tagEnd === undefined || text[tagEnd - 2] === '/') return undefined;
  const end = endOfMarkupText(text, tagEnd);
  return end > tagEnd ? { start: tagEnd, end, shown: hidden } : undefined;
}

/** As the room's password in a form: the text of the `<value/>` in the field of that name. */
function formValue(text: string, from: number): Span | undefined {
  const fieldEnd = endOfTag(text, from + 1);
  if (fieldEnd === undefined) return undefined;
  const value = afterBlanks(text, fieldEnd);
  return text.startsWith('<value', value) ? markupText(text, value + '<value'.length) : undefined;
}

/** `name="value"`, also over lines. */
function attribute(text: string, from: number): Span | undefined {
  const equals = afterBlanks(text, from);
  if (text[equals] !== '=') return undefined;
  const start = afterBlanks(text, equals + 1);
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return undefined;
  let end = start + 1;
  while (end < text.length && text[end] !== quote && text[end] !== '<') end += 1;
  return { start, end: text[end] === quote ? end + 1 : end, shown: `"${hidden}"` };
}

/** A URL's `?token=…`, `&pwd=…`, `&amp;jwt=…`, `#jwt=…`. */
function query(text: string, start: number): Span | undefined {
  let end = start;
  while (end < text.length && !isValueEnd(text[end])) end += 1;
  return end > start ? { start, end, shown: hidden } : undefined;
}

/** `"name": "value"`, plain, as XML text, or as JSON inside a string of JSON; a number too. */
function json(text: string, start: number, end: number): Span | undefined {
  const closing = openingQuote(text, end);
  // As in `roomPassword`.
  if (closing === undefined || !text.endsWith(closing, startOfName(text, start))) return undefined;
  const colon = afterBlanks(text, end + closing.length);
  if (text[colon] !== ':') return undefined;
  const from = afterBlanks(text, colon + 1);
  const quote = openingQuote(text, from);
  if (quote !== undefined) {
    const shown = quote.startsWith('\\') ? quote + hidden + quote : `"${hidden}"`;
    return { start: from, end: endOfQuoted(text, from + quote.length, quote), shown };
  }
  let past = from;
  while (isDigit(text[past])) past += 1;
  return past > from ? { start: from, end: past, shown: hidden } : undefined;
}

/** `authorization: Bearer …`, as a header or in JSON. */
function header(text: string, from: number): Span | undefined {
  let at = from;
  if (isQuote(text[at])) at += 1;
  at = afterBlanks(text, at);
  if (text[at] !== ':' && text[at] !== '=') return undefined;
  at = afterBlanks(text, at + 1);
  if (isQuote(text[at])) at += 1;
  const scheme = /^(?:bearer|basic)\s/i.exec(text.slice(at, at + 8))?.[0];
  if (scheme === undefined) return undefined;
  const start = afterBlanks(text, at + scheme.length);
  let end = start;
  while (end < text.length && !isValueEnd(text[end])) end += 1;
  return end > start ? { start, end, shown: hidden } : undefined;
}

/** `password: value`, `a=ice-pwd:value`, and a URL that is a parameter of another: `%26token%3Dvalue`. */
function plain(text: string, end: number): Span | undefined {
  const [separator = ''] = /^(?::[ \t]?|=|%3[ad])/i.exec(text.slice(end, end + 3)) ?? [];
  return separator === '' ? undefined : query(text, end + separator.length);
}

/** `https://user:password@host`, as addresses of proxies have it. */
function userInfo(text: string, start: number): Span | undefined {
  const limit = Math.min(text.length, start + longestUserInfo);
  let end = start;
  while (end < limit && !isValueEnd(text[end]) && text[end] !== '/' && text[end] !== '@') end += 1;
  return text[end] === '@' && end > start ? { start, end, shown: hidden } : undefined;
}

function isQueryStart(character: string | undefined): boolean {
  return character !== undefined && '?&;#'.includes(character);
}

function isValueEnd(character: string | undefined): boolean {
  return isSpace(character) || isQuote(character) || (character !== undefined && '&#<>'.includes(character));
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === "'";
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}
