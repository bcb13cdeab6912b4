/**
 * Finds the members of a JSON object in its UTF-8 bytes without building values: relaying needs two of them and leaves the rest as
 * it is. It takes what the grammar of RFC 8259 takes, and beyond that refuses what the bridge's parser refuses too: a key twice in
 * one object, and a thousand levels (jitsi-videobridge `BridgeChannelMessage.kt`, `STRICT_DUPLICATE_DETECTION`).
 */
import { hasControlBytes } from './control-bytes.ts';

/** A member of the outermost object, as a range of the text. */
export interface JsonMember {
  readonly key: string;
  /** Where its key's quotation mark is. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** The text is no JSON object, or one that the bridge does not take. */
export class JsonFault extends Error {}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const maxDepth = 1000;
/** Strings are looked at byte by byte for so long; the native search costs a call. */
const shortString = 24;

const literals: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/** @throws JsonFault */
export function scanObject(text: Buffer): JsonMember[] {
  return new Scanner(text).members();
}

class Scanner {
  readonly #text: Buffer;
  /** Messages are hardly ever written with line breaks; without any control characters no string need be searched for one. */
  readonly #hasControls: boolean;
  #at = 0;
  /** The first backslash that has not been passed; beyond the text when there is none. */
  #escape: number;

  constructor(text: Buffer) {
    this.#text = text;
    this.#hasControls = hasControlBytes(text);
    this.#escape = this.#findEscape(0);
  }

  members(): JsonMember[] {
    const members: JsonMember[] = [];
    const keys = new Set<string>();
    this.#skipSpace();
    this.#expect(openBrace);
    this.#skipSpace();
    if (!this.#take(closeBrace)) {
      do {
        this.#skipSpace();
        const start = this.#at;
        const key = this.#key(keys);
        const valueStart = this.#at;
        this.#value();
        members.push({ key, start, valueStart, end: this.#at });
        this.#skipSpace();
      } while (this.#take(comma));
      this.#expect(closeBrace);
    }
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#fault('more than an object');
    return members;
  }

  /** Passes a value; what is nested in it is kept on a stack of its own, not on the machine's. */
  #value(): void {
    /** Of each open object its keys, of each open array nothing. */
    const open: (Set<string> | undefined)[] = [];
    do {
      if (this.#enter(open)) continue;
      while (open.length > 0 && !this.#next(open)) open.pop();
    } while (open.length > 0);
  }

  /** At a value: passes a scalar or an empty container, or enters a container up to its first value and says so. */
  #enter(open: (Set<string> | undefined)[]): boolean {
    const first = this.#text[this.#at];
    if (first === quote) this.#string();
    else if (first === openBrace || first === openBracket) {
      this.#at += 1;
      this.#skipSpace();
      if (this.#take(first === openBrace ? closeBrace : closeBracket)) return false;
      // Its own level and the message's.
      if (open.length + 2 > maxDepth) throw this.#fault(`more than ${maxDepth} levels`);
      const keys = first === openBrace ? new Set<string>() : undefined;
      open.push(keys);
      if (keys) this.#key(keys);
      return true;
    } else if (first !== undefined && literals.has(first)) this.#literal(first);
    else this.#number();
    return false;
  }

  /** After a value in a container: goes to the next one there, or passes the container's end and returns false. */
  #next(open: readonly (Set<string> | undefined)[]): boolean {
    const keys = open.at(-1);
    this.#skipSpace();
    if (this.#take(comma)) {
      this.#skipSpace();
      if (keys) this.#key(keys);
      return true;
    }
    this.#expect(keys ? closeBrace : closeBracket);
    return false;
  }

  /** Passes a key and its colon, up to the value. @param keys those of its object so far */
  #key(keys: Set<string>): string {
    const start = this.#at + 1;
    if (this.#text[this.#at] !== quote) throw this.#fault('no key');
    const isPlain = this.#string();
    const key = this.#text.toString('utf8', start, this.#at - 1);
    const name = isPlain ? key : (JSON.parse(`"${key}"`) as string);
    if (keys.has(name)) throw this.#fault(`the key ${JSON.stringify(name.slice(0, 40))} twice`);
    keys.add(name);
    this.#skipSpace();
    this.#expect(colon);
    this.#skipSpace();
    return name;
  }

  /** Passes a string. Returns true when it has no escapes. */
  #string(): boolean {
    const start = this.#at + 1;
    let isPlain = true;
    let from = start;
    let end = -1;
    for (;;) {
      // Once for a run of escapes: the next quote may be far away.
      if (end < from) end = this.#findQuote(from);
      if (end < 0) throw this.#fault('a string without an end');
      if (this.#escape < from) this.#escape = this.#findEscape(from);
      if (this.#escape > end) {
        this.#at = end + 1;
        if (this.#hasControls && hasControlBytes(this.#text.subarray(start, end))) {
          throw this.#fault('a control character in a string');
        }
        return isPlain;
      }
      isPlain = false;
      from = this.#afterEscape(this.#escape);
    }
  }

  #findQuote(from: number): number {
    const near = Math.min(from + shortString, this.#text.length);
    for (let at = from; at < near; at += 1) if (this.#text[at] === quote) return at;
    return this.#text.indexOf(quote, near);
  }

  #findEscape(from: number): number {
    const found = this.#text.indexOf(backslash, from);
    return found < 0 ? this.#text.length : found;
  }

  #afterEscape(at: number): number {
    const escaped = this.#text[at + 1];
    if (escaped === 0x75) {
      for (let digit = at + 2; digit < at + 6; digit += 1) {
        if (!isHexDigit(this.#text[digit])) throw this.#fault('a broken \\u escape');
      }
      return at + 6;
    }
    // " \ / b f n r t
    if (![quote, backslash, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74].includes(escaped ?? 0)) {
      throw this.#fault('an unknown escape');
    }
    return at + 2;
  }

  #literal(first: number): void {
    const word = literals.get(first) as Buffer;
    const end = this.#at + word.length;
    if (this.#text.compare(word, 0, word.length, this.#at, Math.min(end, this.#text.length)) !== 0) {
      throw this.#fault('an unknown word');
    }
    this.#at = end;
  }

  #number(): void {
    this.#take(0x2d);
    // No leading zeros.
    if (!this.#take(0x30)) this.#digits();
    if (this.#take(0x2e)) this.#digits();
    if (this.#take(0x65) || this.#take(0x45)) {
      if (!this.#take(0x2b)) this.#take(0x2d);
      this.#digits();
    }
  }

  #digits(): void {
    const start = this.#at;
    while (isDigit(this.#text[this.#at])) this.#at += 1;
    if (this.#at === start) throw this.#fault('no value');
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#text[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at += 1;
    }
  }

  #take(byte: number): boolean {
    if (this.#text[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#take(byte)) throw this.#fault(`no ${String.fromCharCode(byte)}`);
  }

  #fault(what: string): JsonFault {
    return new JsonFault(`${what} at byte ${this.#at}`);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
