/**
 * Links of a chained Ogg (RFC 3533, 4): whole files one after the other in one stream, as internet radio has them, and `cat a.ogg b.ogg` makes them.
 */
import type { ByteSource } from '../origin/byte-source.ts';
import { ByteReader } from './byte-reader.ts';
import { containerError } from './media-error.ts';
import { findPage, headLength, longestHead, longestPage, type OggPage, readPage } from './ogg-page.ts';

/** bytes that are looked through at once */
const searched = 256 * 1024;
/** Of what is near, whenever it is opened: a fifth of a second at most. */
const mostSearched = { bytes: 64 * 1024 * 1024, pages: 100_000 };

/** Links without a frame one after the other, as those of pictures alone. */
const mostEmpty = 100;
/** bytes that may be read for one frame, in however many links, beyond all there are */
const mostWork = 64 * 1024 * 1024;

/** Reads one link after the other, within bounds: a stream may go on for ever and have no more sound. */
export class OggLinks {
  readonly #source: ByteSource;
  readonly #reader: ByteReader;
  /** Since the last frame: links that have begun, bytes. */
  #begun = 0;
  #work = 0;
  /** Of the link that is read: streams of one begin together, before anything else of them. */
  #hasData = false;
  #last: Promise<Uint8Array | undefined> = Promise.resolve(new Uint8Array());

  constructor(source: ByteSource) {
    this.#source = source;
    this.#reader = new ByteReader(source);
  }

  /** A frame was had: the next may take as much work again. */
  progress(): void {
    this.#begun = 0;
    this.#work = 0;
  }

  /**
   * @returns the bytes of the next link, page by page; undefined: there is none. What is no page is part of it, as whoever reads it finds out
   * @throws ParseError `container-damaged`, `container-too-costly`: nothing of what came since {@link progress} was a frame
   */
  async next(): Promise<AsyncIterable<Uint8Array> | undefined> {
    // What nobody has read of the one before.
    while (this.#hasData && (await this.#piece())) continue;
    this.#hasData = false;
    if ((await this.#reader.peek(1)).length === 0) return undefined;
    this.#begun += 1;
    if (this.#begun > mostEmpty)
      throw containerError(this.#source.name, 'container-damaged', `${mostEmpty} links of it have no sound`);
    return this.#pieces();
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
    this.#work += bytes.length;
    if (this.#work > mostWork + (this.#source.size ?? 0))
      throw containerError(this.#source.name, 'container-too-costly', 'no frame is found in it');
    return bytes.length > 0 ? bytes : undefined;
  }

  async #untilNextPage(): Promise<number> {
    const bytes = await this.#reader.peek(longestPage);
    const next = findPage(bytes, 1);
    return next < 0 ? bytes.length : next;
  }
}

/**
 * Whether there is more than one, of what can be read anywhere. What is near is looked through, as far as that is quick; of what is far, and of what
 * is left, the end is enough, for links have serial numbers of their own, as they should.
 */
export async function isChained(source: ByteSource): Promise<boolean> {
  const reader = new ByteReader(source);
  const serialNumbers = new Set<number>();
  let pages = 0;
  for (let page = await pageAt(reader); page?.isFirst; page = await pageAt(reader)) {
    serialNumbers.add(page.serialNumber);
    await reader.take(page.size);
    pages += 1;
    if (pages > mostSearched.pages) break;
  }
  const { isNear, size = 0 } = source;
  const end = Math.max(reader.position, size - 2 * longestPage);
  const isQuick = (at: number): boolean => isNear && at < mostSearched.bytes && pages < mostSearched.pages;
  for (let at = reader.position; at < size; at += searched) {
    if (!isQuick(at)) at = Math.max(at, end);
    // The head of a page may begin at the end of a piece.
    const bytes = await source.read(at, Math.min(size, at + searched + longestHead));
    for (let next = findPage(bytes, 0); next >= 0 && next < bytes.length; pages += 1) {
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
