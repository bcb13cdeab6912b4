/** Ogg, WebM (Matroska) and MP4 by Mediabunny. */
import type { Input, InputAudioTrack, InputTrack, InputVideoTrack } from 'mediabunny';
import { JitsiError, messageOf } from '../../base/errors.ts';
import type { AudioLevel } from '../../client/media/track-types.ts';
import type { ByteSource } from '../origin/byte-source.ts';
import { closedError } from '../origin/origin-error.ts';
import { levelsIn } from './audio-levels.ts';
import { type LibraryFile, LibraryAudio, LibraryVideo } from './library-track.ts';
import { LibrarySource } from './library-source.ts';
import { mediabunny } from './library.ts';
import type { EncodedAudio, EncodedVideo, Media, MediaFormat } from './media.ts';
import { containerError } from './media-error.ts';

/** @throws ParseError `container-damaged`, `container-empty`, `container-too-costly`; what is wrong with the source */
export async function openByLibrary(source: ByteSource, format: Exclude<MediaFormat, 'ivf'>): Promise<Media> {
  const { Input, MATROSKA, MP4, OGG, QTFF, WEBM } = mediabunny();
  // No others: some formats name files that the library would fetch.
  const formats = { ogg: [OGG], webm: [WEBM, MATROSKA], mp4: [MP4, QTFF] }[format];
  const reading = new LibrarySource(source, format === 'mp4');
  const input = new Input({ formats, source: reading.open() });
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    input.dispose();
    source.close();
  };
  const file: LibraryFile = {
    name: source.name,
    isSeekable: source.isSeekable,
    attempt: async (work) => {
      try {
        const result = await work();
        reading.progress();
        return result;
      } catch (error) {
        throw isClosed ? closedError(source.name) : inWords(error, reading.failure, source.name);
      }
    },
  };
  try {
    const tracks = await file.attempt(() => tracksOf(input, file));
    if (!tracks.audio && !tracks.video)
      throw containerError(source.name, 'container-empty', 'there is neither sound nor a picture in it');
    const duration = source.isSeekable ? await file.attempt(() => durationOf(input, format)) : undefined;
    return {
      format,
      ...tracks,
      ...(duration === undefined ? {} : { duration }),
      isSeekable: source.isSeekable,
      close,
      [Symbol.dispose]: close,
    };
  } catch (error) {
    input.dispose();
    throw error;
  }
}

async function tracksOf(
  input: Input,
  file: LibraryFile,
): Promise<{ audio?: EncodedAudio; video?: EncodedVideo }> {
  const [audio, video] = [await input.getPrimaryAudioTrack(), await input.getPrimaryVideoTrack()];
  return {
    ...(audio ? { audio: await audioOf(audio, await levelsOf(input), file) } : {}),
    ...(video ? { video: await videoOf(video, file) } : {}),
  };
}

async function levelsOf(input: Input): Promise<readonly AudioLevel[]> {
  const { raw = {} } = await input.getMetadataTags();
  return levelsIn(raw['AUDIO_LEVELS']);
}

async function audioOf(
  track: InputAudioTrack,
  levels: readonly AudioLevel[],
  file: LibraryFile,
): Promise<EncodedAudio> {
  const [codec, channels, sampleRate] = [
    await track.getCodec(),
    await track.getNumberOfChannels(),
    await track.getSampleRate(),
  ];
  const description = codec === 'aac' ? (await track.getDecoderConfig())?.description : undefined;
  const facts = {
    codec: codec ?? (await nameOf(track)),
    channels,
    sampleRate,
    ...(description && { description: bytesOf(description) }),
  };
  return new LibraryAudio(track, facts, levels, file);
}

async function videoOf(track: InputVideoTrack, file: LibraryFile): Promise<EncodedVideo> {
  const codec = await track.getCodec();
  const facts = {
    codec: codec === 'avc' ? 'h264' : (codec ?? (await nameOf(track))),
    width: await track.getCodedWidth(),
    height: await track.getCodedHeight(),
  };
  const description = codec === 'avc' ? (await track.getDecoderConfig())?.description : undefined;
  return new LibraryVideo(track, facts, description && bytesOf(description), file);
}

async function nameOf(track: InputTrack): Promise<string> {
  const id = await track.getInternalCodecId();
  return typeof id === 'string' ? id : 'unknown';
}

function bytesOf(buffer: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/** Where it is cheap to know. */
async function durationOf(input: Input, format: MediaFormat): Promise<number | undefined> {
  const seconds = format === 'ogg' ? await input.computeDuration() : await input.getDurationFromMetadata();
  return seconds !== null && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

function inWords(error: unknown, failure: unknown, name: string): unknown {
  if (error instanceof JitsiError) return error;
  if (failure !== undefined) return failure;
  const reason = messageOf(error);
  return containerError(name, 'container-damaged', reason === '' ? 'it ends too early' : reason, error);
}
