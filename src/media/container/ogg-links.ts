/**
 * Links of a chained Ogg (RFC 3533, 4): whole files one after the other in one stream, as internet radio has them, and `cat a.ogg b.ogg` makes them.
 */
import type { ByteSource } from '../origin/byte-source.ts';
import { ByteReader } from './byte-reader.ts';
import { findPage, headLength, longestHead, longestPage, type OggPage, readPage } from './ogg-page.ts';

/** bytes that are looked through at once */
const searched = 256 * 1024;

/** Reads one link after the other. */
export class OggLinks {
  readonly #reader: ByteReader;
  /** Of the link that is read: streams of one begin together, before anything else of them. */
  #hasData = false;
  #last: Promise<Uint8Array | undefined> = Promise.resolve(new Uint8Array());

  constructor(source: ByteSource) {
    this.#reader = new ByteReader(source);
  }

  /** @returns the bytes of the next link, page by page; undefined: there is none. What is no page is part of it, as whoever reads it finds out */
  async next(): Promise<AsyncIterable<Uint8Array> | undefined> {
    // What nobody has read of the one before.
    while (this.#hasData && (await this.#piece())) continue;
    this.#hasData = false;
    return (await this.#reader.peek(1)).length > 0 ? this.#pieces() : undefined;
  }

  async *#pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let piece = await this.#piece(); piece; piece = await this.#piece()) yield piece;
  }

  /** One at a time, whoever asks. @returns undefined at the end of the link */
  #piece(): Promise<Uint8Array | undefined> {
    this.#last = this.#last.catch(() => {}).then(() => this.#read());
    return this.#last;
  }

  async #read(): Promise<Uint8Array | undefined> {
    const page = await pageAt(this.#reader);
    if (page?.isFirst === true && this.#hasData) return undefined;
    if (page?.isFirst !== true) this.#hasData = true;
    const bytes = await this.#reader.take(page?.size ?? (await this.#untilNextPage()));
    return bytes.length > 0 ? bytes : undefined;
  }

  async #untilNextPage(): Promise<number> {
    const bytes = await this.#reader.peek(longestPage);
    const next = findPage(bytes, 1);
    return next < 0 ? bytes.length : next;
  }
}

/**
 * Whether there is more than one, of what can be read anywhere. What is near is looked through; of what is far the end is enough, for links have
 * serial numbers of their own, as they should.
 */
export async function isChained(source: ByteSource): Promise<boolean> {
  const reader = new ByteReader(source);
  const serialNumbers = new Set<number>();
  for (let page = await pageAt(reader); page?.isFirst; page = await pageAt(reader)) {
    serialNumbers.add(page.serialNumber);
    await reader.take(page.size);
  }
  const { isNear, size = 0 } = source;
  const start = isNear ? reader.position : Math.max(reader.position, size - 2 * longestPage);
  const step = isNear ? searched : size;
  for (let at = start; at < size; at += step) {
    // The head of a page may begin at the end of a piece.
    const bytes = await source.read(at, Math.min(size, at + step + longestHead));
    for (let next = findPage(bytes, 0); next >= 0 && next < bytes.length; ) {
      const page = readPage(bytes.subarray(next));
      if (page && (page.isFirst || !serialNumbers.has(page.serialNumber))) return true;
      next = findPage(bytes, next + (page?.size ?? 1));
    }
  }
  return false;
}

/** The page that is next, which stays; undefined: what is next is none. */
async function pageAt(reader: ByteReader): Promise<OggPage | undefined> {
  const head = await reader.peek(headLength(new Uint8Array()));
  return readPage(await reader.peek(headLength(head)));
}
