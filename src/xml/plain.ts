/**
 * Reads XML as servers of XMPP mostly write it: no prefixes, no references but to the five predefined entities, no characters beyond the first plane, nothing but elements and
 * text. In a fifth of the time that a whole parser takes. Whatever it does not know for certain is left to that parser, wrong XML too.
 */
import type { XmlElement, XmlNode } from './element.ts';
import type { XmlLimits } from './limits.ts';

type OpenElement = XmlElement & { attrs: Record<string, string>; children: XmlNode[] };

/** What may stand in no plain frame: other characters than these, carriage returns among them, and what ends a CDATA section. */
const unusual = /[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]|\]\]>/;
const entity = /&([^;]*);?/g;
const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const [space, slash, equals, less, greater] = [0x20, 0x2f, 0x3d, 0x3c, 0x3e];
const [doubleQuote, singleQuote] = [0x22, 0x27];
const [nameStart, namePart] = [1, 2];
/** Of ASCII, which characters names begin with, and go on with. */
const nameCharacters = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) return nameStart | namePart;
  return /[\d.-]/.test(character) ? namePart : 0;
});
const mostAttributes = 32;

/** @returns undefined when the frame is not plain, wrong, or beyond the limits */
export function readPlainXml(input: string, limits: XmlLimits): XmlElement | undefined {
  return unusual.test(input) ? undefined : new PlainReader(input, limits).read();
}

class PlainReader {
  readonly #input: string;
  readonly #limits: XmlLimits;
  readonly #open: OpenElement[] = [];
  #at = 0;
  #elements = 0;
  #attributes = 0;

  constructor(input: string, limits: XmlLimits) {
    this.#input = input;
    this.#limits = limits;
  }

  read(): XmlElement | undefined {
    const input = this.#input;
    if (input.charCodeAt(0) !== less) return undefined;
    for (;;) {
      const isEnd = input.charCodeAt(this.#at + 1) === slash;
      const closed = isEnd ? this.#endTag() : this.#startTag();
      if (closed === undefined) return undefined;
      const parent = this.#open.at(-1);
      if (!parent) return this.#at === input.length && closed !== 'open' ? closed : undefined;
      const next = input.indexOf('<', this.#at);
      if (next < 0) return undefined;
      if (next > this.#at) {
        const text = plainText(input.slice(this.#at, next));
        if (text === undefined) return undefined;
        parent.children.push(text);
      }
      this.#at = next;
    }
  }

  #endTag(): XmlElement | undefined {
    const element = this.#open.pop();
    if (!element) return undefined;
    const start = this.#at + 2;
    const end = start + element.name.length;
    if (!this.#input.startsWith(element.name, start) || this.#input.charCodeAt(end) !== greater)
      return undefined;
    this.#at = end + 1;
    return element;
  }

  /** @returns the element when it is empty, or that it is open */
  #startTag(): XmlElement | 'open' | undefined {
    this.#at++;
    const parent = this.#open.at(-1);
    const element = { name: this.#name(), ns: parent?.ns ?? '', attrs: {}, children: [] } as OpenElement & {
      ns: string;
    };
    if (element.name === '' || this.#open.length >= this.#limits.depth) return undefined;
    if (++this.#elements > this.#limits.elements || !this.#readAttributes(element)) return undefined;
    parent?.children.push(element);
    const isEmpty = this.#input.charCodeAt(this.#at) === slash;
    if (isEmpty) this.#at++;
    if (this.#input.charCodeAt(this.#at++) !== greater) return undefined;
    if (isEmpty) return element;
    this.#open.push(element);
    return 'open';
  }

  /** @returns false where something is not plain */
  #readAttributes(element: OpenElement & { ns: string }): boolean {
    let hasNamespace = false;
    let count = 0;
    for (; this.#input.charCodeAt(this.#at) === space; count++) {
      this.#at++;
      const name = this.#attributeName();
      const value = name === '' ? undefined : this.#value();
      if (value === undefined || name === '__proto__') return false;
      if (name === 'xmlns') {
        // Some namespaces may not be declared, and white space around them does not count.
        if (hasNamespace || value.includes('www.w3.org') || value.includes(' ')) return false;
        hasNamespace = true;
        element.ns = value;
      } else if (Object.hasOwn(element.attrs, name)) return false;
      else element.attrs[name] = value;
    }
    this.#attributes += count;
    return count <= mostAttributes && this.#attributes <= this.#limits.attributes;
  }

  #attributeName(): string {
    const name = this.#name();
    if (name !== 'xml' || !this.#input.startsWith(':lang', this.#at)) return name;
    this.#at += ':lang'.length;
    return 'xml:lang';
  }

  /** Without a prefix; '' where there is none. */
  #name(): string {
    const start = this.#at;
    let wanted: number = nameStart;
    for (; (nameCharacters[this.#input.charCodeAt(this.#at)] ?? 0) & wanted; this.#at++) wanted = namePart;
    return this.#input.slice(start, this.#at);
  }

  /** From the equals sign to the closing quote. */
  #value(): string | undefined {
    const input = this.#input;
    const quote = input.charCodeAt(this.#at + 1);
    if (input.charCodeAt(this.#at) !== equals || (quote !== doubleQuote && quote !== singleQuote))
      return undefined;
    const start = this.#at + 2;
    const end = input.indexOf(quote === doubleQuote ? '"' : "'", start);
    if (end < 0) return undefined;
    this.#at = end + 1;
    const value = input.slice(start, end);
    // White space in an attribute is turned into spaces.
    return /[<\t\n]/.test(value) ? undefined : plainText(value);
  }
}

/** @returns undefined where it refers to something that is not predefined */
function plainText(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let isPlain = true;
  const result = text.replace(entity, (reference, name: string) => {
    const character = reference.endsWith(';') ? entities.get(name) : undefined;
    isPlain &&= character !== undefined;
    return character ?? '';
  });
  return isPlain ? result : undefined;
}
