/**
 * Secrets that we know, taken out wherever they stand: a server may say them back to us in words of its own, where no rule
 * of redact.ts expects them.
 */
import { hidden } from './redact.ts';

/** Characters; shorter ones are part of half of all words. */
const shortest = 4;
/** Characters of a secret's beginning that are no accident. */
const tellingStart = 12;
/** Passed-on values that are kept: TURN credentials come anew every few hours, and a conference lasts for days. */
const most = 50;

export class Secrets {
  /** The forms that each may have, by value. */
  readonly #own = new Map<string, readonly string[]>();
  readonly #learned = new Map<string, readonly string[]>();

  /** @param own what the caller gave us: token, passwords */
  constructor(own: readonly (string | undefined)[] = []) {
    for (const value of own) keep(this.#own, value);
  }

  /** What the deployment told us; the oldest goes when there are too many. */
  learn(value: string | undefined): void {
    keep(this.#learned, value);
    const [oldest] = this.#learned.keys();
    if (this.#learned.size > most && oldest !== undefined) this.#learned.delete(oldest);
  }

  /** The text with `…` in the place of every known secret, also of one that was cut off. */
  hide(text: string): string {
    let shown = text;
    if (text.length < shortest) return text;
    const forms = [...this.#own.values(), ...this.#learned.values()].flat();
    for (const form of forms) if (shown.includes(form)) shown = shown.replaceAll(form, hidden);
    for (const form of forms) if (form.length > tellingStart) shown = withoutStart(shown, form);
    return shown;
  }
}

/** The text without what begins as `form` does: whoever quotes something long quotes its beginning. */
function withoutStart(text: string, form: string): string {
  const start = form.slice(0, tellingStart);
  let shown = '';
  let position = 0;
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, position)) {
    let length = start.length;
    while (length < form.length && text[at + length] === form[length]) length += 1;
    shown += text.slice(position, at) + hidden;
    position = at + length;
  }
  return shown + text.slice(position);
}

function keep(known: Map<string, readonly string[]>, value: string | undefined): void {
  if (value !== undefined && value.length >= shortest && !known.has(value)) known.set(value, formsOf(value));
}

/** As it is, in a URL, in JSON, in XML, in JSON in XML, in base64; the longest first, since it may hold another. */
function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const forms = new Set([
    value,
    ...percentEncoded(value),
    json,
    ...xmlTexts(value),
    ...xmlTexts(json),
    ...base64Forms(value),
  ]);
  return [...forms].filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length);
}

/** As a form has it, and as scripts do; digits in either case. */
function percentEncoded(value: string): string[] {
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  // A lone surrogate has no encoding.
  const text = new TextDecoder().decode(new TextEncoder().encode(value));
  const script = encodeURIComponent(text);
  // In a URL's query the parser adds one of its own (WHATWG URL, "special-query percent-encode set").
  const spellings = [form, form.replaceAll('+', '%20'), script, script.replaceAll("'", '%27')];
  return spellings.flatMap((spelling) => [
    spelling,
    spelling.replaceAll(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase()),
  ]);
}

/** Of text that it may be in the middle of, as in SASL PLAIN and `Basic`: without the digits that its neighbours share. */
function base64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const inner = [0, 1, 2].map((before) => {
    const text = base64(Uint8Array.from([...Array(before).fill(0), ...bytes]));
    const shared = (before + bytes.length) % 3;
    return text.replaceAll('=', '').slice(Math.ceil((before * 4) / 3), shared === 0 ? undefined : -1);
  });
  return inner.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Serializers differ in what they escape. */
function xmlTexts(text: string): string[] {
  const least = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const inText = least.replaceAll('>', '&gt;');
  const inQuotes = least.replaceAll('"', '&quot;');
  const most = inText.replaceAll('"', '&quot;');
  return [least, inText, inQuotes, most, most.replaceAll("'", '&apos;')];
}
