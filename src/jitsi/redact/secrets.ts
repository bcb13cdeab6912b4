/**
 * Secrets that we know, taken out wherever they stand: a server may say them back to us in words of its own, where no rule
 * of redact.ts expects them.
 */
import { hidden } from './redact.ts';

/** Characters; shorter ones are part of half of all words. */
const shortest = 4;
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

  /** The text with `…` in the place of every known secret. */
  hide(text: string): string {
    let shown = text;
    if (text.length < shortest) return text;
    for (const forms of [...this.#own.values(), ...this.#learned.values()]) {
      for (const form of forms) if (shown.includes(form)) shown = shown.replaceAll(form, hidden);
    }
    return shown;
  }
}

function keep(known: Map<string, readonly string[]>, value: string | undefined): void {
  if (value !== undefined && value.length >= shortest && !known.has(value)) known.set(value, formsOf(value));
}

/** As it is, in a URL, in JSON, in XML, in JSON in XML; the longest first, since it may hold another. */
function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const query = new URLSearchParams([['', value]]).toString().slice(1);
  const forms = new Set([value, query, json, ...xmlTexts(value), ...xmlTexts(json)]);
  return [...forms].sort((a, b) => b.length - a.length);
}

/** Serializers differ in what they escape. */
function xmlTexts(text: string): string[] {
  const least = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const inText = least.replaceAll('>', '&gt;');
  const inQuotes = least.replaceAll('"', '&quot;');
  const most = inText.replaceAll('"', '&quot;');
  return [least, inText, inQuotes, most, most.replaceAll("'", '&apos;')];
}
