/** IVF, the plain container of encoded pictures that encoders write: a header of 32 bytes; before each frame its length and time. */
import { describeFrame } from '../../rtp/codecs/describe-frame.ts';
import type { CodecName } from '../../rtp/parameters.ts';
import type { ByteSource } from '../origin/byte-source.ts';
import { ByteReader } from './byte-reader.ts';
import type { EncodedFrame, EncodedVideo, Media } from './media.ts';
import { ivfError, notSeekable } from './media-error.ts';
import { framesOf } from './track-iterator.ts';

const codecs: Readonly<Record<string, CodecName>> = { VP80: 'vp8', VP90: 'vp9', AV01: 'av1', H264: 'h264' };

const headerLength = 32;
const frameHeaderLength = 12;
/** bytes: far more than the largest key frame that anybody sends */
const longestFrame = 16 * 1024 * 1024;
/** ms that a single picture is shown */
const stillInterval = 100;
/** ms between two frames, on average; a player would spin */
const shortestInterval = 1;
/** Frames that may come faster than that, as at a beginning. */
const mostAtOnce = 100;
/** ms: what is later is no time */
const latest = 2 ** 40;

/**
 * Frames before the first key frame are left out: nobody could decode them.
 * @throws ParseError `ivf-header`, `ivf-codec`; later `ivf-truncated`, `ivf-frame`, `ivf-times`, `ivf-no-key-frame`
 */
export async function openIvf(source: ByteSource): Promise<Media> {
  const reader = new ByteReader(source);
  const header = readHeader(await reader.take(headerLength));
  const video = new IvfVideo(source, reader, header);
  await video.begin();
  const duration = header.frameCount * header.tick;
  // What is never filled in, or cannot be.
  const isKnown = duration > 0 && header.frameCount * frameHeaderLength <= (source.size ?? 0);
  const close = (): void => source.close();
  return {
    format: 'ivf',
    video,
    isSeekable: source.isSeekable,
    ...(isKnown && Number.isFinite(duration) ? { duration } : {}),
    close,
    [Symbol.dispose]: close,
  };
}

interface IvfHeader {
  codec: CodecName;
  width: number;
  height: number;
  /** ms of one unit of time */
  tick: number;
  frameCount: number;
  start: number;
}

class IvfVideo implements EncodedVideo {
  readonly codec: CodecName;
  readonly width: number;
  readonly height: number;
  readonly #header: IvfHeader;
  readonly #source: ByteSource;
  readonly #reader: ByteReader;
  /** Units of time of the first key frame, and of the frame before. */
  #first: number | undefined;
  #last = -1;
  #number = 0;
  /** ms that the frame before was shown */
  #interval = stillInterval;
  /** Frames since the beginning or the last jump. */
  #count = 0;
  #countedFrom = 0;

  constructor(source: ByteSource, reader: ByteReader, header: IvfHeader) {
    this.#source = source;
    this.#reader = reader;
    this.#header = header;
    this.codec = header.codec;
    this.width = header.width;
    this.height = header.height;
  }

  /** To the first key frame. */
  async begin(): Promise<void> {
    const { start } = this.#header;
    if (this.#reader.position !== start) await this.#reader.take(start - this.#reader.position);
    for (;;) {
      const next = await this.#peekFrame();
      if (!next) throw ivfError('ivf-no-key-frame', 'it has no key frame, so nobody could decode it');
      if (next.keyFrame) {
        this.#first = next.ticks;
        return;
      }
      await this.#takeFrame();
    }
  }

  read = async (): Promise<EncodedFrame | undefined> => {
    const frame = await this.#takeFrame();
    if (!frame) return undefined;
    const at = this.#timeOf(frame.ticks);
    const following = await this.#peekHead();
    if (following) {
      this.#checkTicks(following.ticks);
      this.#interval = this.#timeOf(following.ticks) - at;
    }
    this.#count += 1;
    const elapsed = at - this.#countedFrom + this.#interval;
    if (elapsed > latest || elapsed < (this.#count - mostAtOnce) * shortestInterval)
      throw ivfError('ivf-times', `${this.#count} of its frames are to be shown within ${elapsed} ms`);
    return { data: frame.data, at, duration: this.#interval, keyFrame: frame.keyFrame };
  };

  async seek(time: number): Promise<void> {
    if (!this.#source.isSeekable) throw notSeekable(this.#source.name);
    await this.#restart(this.#header.start);
    let place = { position: this.#reader.position, last: this.#last, number: this.#number };
    for (;;) {
      const before = { position: this.#reader.position, last: this.#last, number: this.#number };
      const next = await this.#peekFrame();
      if (next && this.#timeOf(next.ticks) > time && this.#timeOf(next.ticks) > 0) break;
      if (next?.keyFrame) place = before;
      if (!(await this.#takeFrame())) {
        // Behind the end there is nothing.
        if (time >= this.#timeOf(this.#last) + this.#interval) return;
        break;
      }
    }
    this.#reader.goTo(place.position);
    this.#last = place.last;
    this.#number = place.number;
    this.#count = 0;
    this.#countedFrom = Math.max(0, this.#timeOf(this.#last));
  }

  [Symbol.asyncIterator](): AsyncGenerator<EncodedFrame, void, undefined> {
    return framesOf(this);
  }

  async #restart(position: number): Promise<void> {
    this.#reader.goTo(position);
    this.#last = -1;
    this.#number = 0;
    for (let next = await this.#peekFrame(); next && !next.keyFrame; next = await this.#peekFrame())
      await this.#takeFrame();
  }

  #timeOf(ticks: number): number {
    return (ticks - (this.#first ?? 0)) * this.#header.tick;
  }

  #checkTicks(ticks: number): void {
    if (ticks > this.#last) return;
    throw ivfError('ivf-times', `the time of frame ${this.#number + 1} is not after that of the one before`);
  }

  async #peekHead(): Promise<{ length: number; ticks: number } | undefined> {
    const bytes = await this.#reader.peek(frameHeaderLength);
    if (bytes.length === 0) return undefined;
    if (bytes.length < frameHeaderLength) throw this.#truncated();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = view.getUint32(0, true);
    if (length === 0) throw ivfError('ivf-frame', `frame ${this.#number + 1} is empty`);
    if (length > longestFrame)
      throw ivfError('ivf-frame', `frame ${this.#number + 1} is to have ${length} bytes`);
    return { length, ticks: view.getUint32(4, true) + view.getUint32(8, true) * 2 ** 32 };
  }

  async #peekFrame(): Promise<{ ticks: number; keyFrame: boolean } | undefined> {
    const head = await this.#peekHead();
    if (!head) return undefined;
    const end = frameHeaderLength + head.length;
    const bytes = await this.#reader.peek(end);
    if (bytes.length < end) throw this.#truncated();
    const { keyFrame } = describeFrame(this.codec, bytes.subarray(frameHeaderLength));
    return { ticks: head.ticks, keyFrame };
  }

  async #takeFrame(): Promise<{ data: Uint8Array; ticks: number; keyFrame: boolean } | undefined> {
    const head = await this.#peekHead();
    if (!head) return undefined;
    const bytes = await this.#reader.take(frameHeaderLength + head.length);
    if (bytes.length < frameHeaderLength + head.length) throw this.#truncated();
    this.#checkTicks(head.ticks);
    this.#last = head.ticks;
    this.#number += 1;
    const data = bytes.slice(frameHeaderLength);
    return { data, ticks: head.ticks, keyFrame: describeFrame(this.codec, data).keyFrame };
  }

  #truncated(): Error {
    return ivfError('ivf-truncated', `it ends within frame ${this.#number + 1}`);
  }
}

function readHeader(bytes: Uint8Array): IvfHeader {
  const text = (from: number): string => String.fromCharCode(...bytes.subarray(from, from + 4));
  if (bytes.length < headerLength || text(0) !== 'DKIF')
    throw ivfError('ivf-header', 'it does not begin as one; is it in another format, such as WebM?');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint16(6, true);
  const [rate, scale] = [view.getUint32(16, true), view.getUint32(20, true)];
  if (view.getUint16(4, true) !== 0 || start < headerLength || rate === 0 || scale === 0)
    throw ivfError('ivf-header', 'its header is of no known version, or damaged');
  const codec = codecs[text(8)];
  if (codec === undefined) {
    const known = Object.keys(codecs).join(', ');
    throw ivfError('ivf-codec', `its codec is ${JSON.stringify(text(8))}; known are ${known}`);
  }
  const [width, height] = [view.getUint16(12, true), view.getUint16(14, true)];
  const tick = (1000 * scale) / rate;
  return { codec, width, height, tick, frameCount: view.getUint32(24, true), start };
}
