/** Files and streams of media, as encoded frames. */
import { ByteReader } from './byte-reader.ts';
import type { ByteSource, MediaOrigin } from '../origin/byte-source.ts';
import { openOrigin, type OriginOptions } from '../origin/open-origin.ts';
import { openIvf } from './ivf.ts';
import { openByLibrary } from './library-media.ts';
import type { Media, MediaFormat } from './media.ts';
import { containerError } from './media-error.ts';
import { openOgg } from './ogg.ts';
import { type OtherFormat, sniff, sniffLength } from './sniff.ts';

/**
 * Opens Ogg, WebM, MP4 or IVF. Nothing is decoded, and no more is in memory than a few frames and what was read last; what is a stream
 * is read as it is asked for.
 * @throws ParseError `container-unknown`, `container-damaged`, `container-empty`, `container-too-costly`, `ivf-*`; and as {@link openOrigin}
 */
export async function openMedia(origin: MediaOrigin, options: OriginOptions = {}): Promise<Media> {
  const source = await openOrigin(origin, options);
  try {
    const format = await formatOf(source);
    if (format === undefined || !isContainer(format)) throw unknownFormat(source.name, format);
    return await openContainer(source, format);
  } catch (error) {
    source.close();
    throw error;
  }
}

export function isContainer(format: MediaFormat | OtherFormat): format is MediaFormat {
  return ['ogg', 'webm', 'mp4', 'ivf'].includes(format);
}

/** What the source's first bytes say that it is. They can be read again. */
export async function formatOf(source: ByteSource): Promise<MediaFormat | OtherFormat | undefined> {
  return sniff(await new ByteReader(source).peek(sniffLength));
}

/** The medium's `close` closes the source too; where this rejects, it is left open. */
export function openContainer(source: ByteSource, format: MediaFormat): Promise<Media> {
  if (format === 'ivf') return openIvf(source);
  return format === 'ogg' ? openOgg(source) : openByLibrary(source, format);
}

function unknownFormat(name: string, format: OtherFormat | undefined): Error {
  const what = format === undefined ? 'it is in no format that is known' : `it is ${format.toUpperCase()}`;
  return containerError(name, 'container-unknown', `${what}; Ogg, WebM, MP4 and IVF are read as they are`);
}
