/** Ogg, with all of its links as one sound. */
import { ParseError } from '../../base/errors.ts';
import type { ByteSource } from '../origin/byte-source.ts';
import { closedError } from '../origin/origin-error.ts';
import { StreamSource } from '../origin/stream-source.ts';
import { openByLibrary } from './library-media.ts';
import type { EncodedAudio, EncodedFrame, Media } from './media.ts';
import { containerError, notSeekable } from './media-error.ts';
import { isChained, OggLinks } from './ogg-links.ts';
import { framesOf } from './track-iterator.ts';

/**
 * What is a chain, or may be one because it is a stream, is read from its beginning to its end only.
 * @throws as {@link openByLibrary}
 */
export async function openOgg(source: ByteSource): Promise<Media> {
  if (source.isSeekable && !(await isChained(source))) return openByLibrary(source, 'ogg');
  const chain = new Chain(source);
  const audio = await chain.open();
  if (!audio) throw containerError(source.name, 'container-empty', 'there is no sound in it');
  const close = (): void => chain.close();
  return {
    format: 'ogg',
    audio: new ChainedAudio(chain, audio),
    isSeekable: false,
    close,
    [Symbol.dispose]: close,
  };
}

/** One link is open at a time. */
class Chain {
  readonly #source: ByteSource;
  readonly #links: OggLinks;
  #link: Media | undefined;
  #isClosed = false;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#links = new OggLinks(source);
  }

  get name(): string {
    return this.#source.name;
  }

  /** The sound of the next link that has any; undefined: there is none. */
  async open(): Promise<EncodedAudio | undefined> {
    for (;;) {
      this.#link?.close();
      const bytes = await this.#links.next();
      if (!bytes) return undefined;
      this.#link = await openLink(bytes, this.name);
      if (this.#isClosed) {
        this.#link?.close();
        throw closedError(this.name);
      }
      if (this.#link?.audio) return this.#link.audio;
    }
  }

  /** A frame was had. */
  progress(): void {
    this.#links.progress();
  }

  close(): void {
    this.#isClosed = true;
    this.#link?.close();
    this.#source.close();
  }
}

class ChainedAudio implements EncodedAudio {
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  readonly #chain: Chain;
  #audio: EncodedAudio;
  /** ms, of what was read */
  #end = 0;
  /** ms from times of this link to times of all; undefined: nothing of it was read. */
  #shift: number | undefined = 0;

  constructor(chain: Chain, audio: EncodedAudio) {
    this.#chain = chain;
    this.#audio = audio;
    this.codec = audio.codec;
    this.channels = audio.channels;
    this.sampleRate = audio.sampleRate;
  }

  read = async (): Promise<EncodedFrame | undefined> => {
    for (;;) {
      const frame = await this.#audio.read();
      if (frame) return this.#placed(frame);
      const audio = await this.#chain.open();
      if (!audio) return undefined;
      if (!this.#continues(audio)) throw this.#changed(audio);
      this.#audio = audio;
      this.#shift = undefined;
    }
  };

  seek(): Promise<void> {
    return Promise.reject(notSeekable(this.#chain.name, 'it is a chain of several, which are read'));
  }

  [Symbol.asyncIterator](): AsyncGenerator<EncodedFrame, void, undefined> {
    return framesOf(this);
  }

  /** A link follows the one before it at once, whatever its times begin with. */
  #placed(frame: EncodedFrame): EncodedFrame {
    this.#chain.progress();
    this.#shift ??= this.#end - frame.at;
    const at = frame.at + this.#shift;
    this.#end = at + frame.duration;
    return { ...frame, at };
  }

  /** Whoever passes one or two channels on has looked at the first link only. */
  #continues({ channels, codec }: EncodedAudio): boolean {
    return codec === this.codec && (channels <= 2 || this.channels > 2);
  }

  #changed({ channels, codec }: EncodedAudio): Error {
    return containerError(
      this.#chain.name,
      'container-damaged',
      `it goes on in ${codec} (${channels} channels) after ${this.codec} (${this.channels})`,
    );
  }
}

/** @returns undefined: there is nothing in it */
async function openLink(bytes: AsyncIterable<Uint8Array>, name: string): Promise<Media | undefined> {
  try {
    return await openByLibrary(new StreamSource(bytes, name), 'ogg');
  } catch (error) {
    if (error instanceof ParseError && error.code === 'container-empty') return undefined;
    throw error;
  }
}
