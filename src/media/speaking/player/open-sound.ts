/** From what is to be played to packets of Opus: as they are where they are that, by our own encoder from samples, by ffmpeg from everything else. */
import { isContainer, formatOf, openContainer } from '../../container/open-media.ts';
import { sniff } from '../../container/sniff.ts';
import type { ByteSource } from '../../origin/byte-source.ts';
import { openOrigin } from '../../origin/open-origin.ts';
import type { EncodedAudio, Media } from '../../container/media.ts';
import { adtsFormatOf, adtsFrame } from './adts.ts';
import { ContainerSound } from './container-sound.ts';
import { openFfmpegSound } from './ffmpeg-sound.ts';
import { LiveSound } from './live-sound.ts';
import { isPcm, isTrack, nameOf, type Playable } from './playable.ts';
import { openPcmSound, openWavSound } from './sample-sound.ts';
import type { Sound, SoundOptions } from './sound.ts';
import { unusable } from './sound-error.ts';

/**
 * @throws ParseError, UsageError, ConnectionError, as {@link openOrigin}; UsageError `ffmpeg-missing`; MediaError `sound-unusable`; or the
 *   signal's reason
 */
export async function openSound(playable: Playable, options: SoundOptions): Promise<Sound> {
  const { signal } = options;
  signal.throwIfAborted();
  if (isTrack(playable)) return new LiveSound(playable, signal, options.warn);
  if (isPcm(playable)) return openPcmSound(playable, options);
  const source = await openOrigin(playable, { ...options.origin, signal });
  try {
    return await openBytes(source, nameOf(playable), options);
  } catch (error) {
    source.close();
    throw error;
  }
}

async function openBytes(source: ByteSource, name: string, options: SoundOptions): Promise<Sound> {
  const format = await formatOf(source);
  if (format === 'wav') {
    const sound = await openWavSound(source, options);
    // What is in another encoding than ours to read is ffmpeg's.
    if (sound) return sound;
  } else if (format !== undefined && isContainer(format)) {
    const media = await openContainer(source, format);
    const { audio } = media;
    if (!audio) throw unusable(name, 'there is no sound in it');
    if (audio.codec === 'opus' && audio.channels <= 2)
      return ContainerSound.open(media, audio, options.start);
    const frames = adtsOf(media, audio);
    if (frames) {
      await audio.seek(options.start);
      return openFfmpegSound({ source, frames }, name, options);
    }
  } else if (format === undefined && !looksLikeMedia(await firstBytes(source)))
    throw unusable(name, 'it is text, or nothing at all');
  return openFfmpegSound({ source }, name, options);
}

/** What ffmpeg could not read over a pipe. */
function adtsOf(media: Media, audio: EncodedAudio): AsyncIterable<Uint8Array> | undefined {
  const format = audio.description && adtsFormatOf(audio.description);
  if (!format || media.format !== 'mp4' || !media.isSeekable) return undefined;
  return (async function* () {
    for await (const { data } of audio) {
      const frame = adtsFrame(data, format);
      if (frame) yield frame;
    }
  })();
}

async function firstBytes(source: ByteSource): Promise<Uint8Array> {
  for await (const bytes of source.bytes()) return bytes.subarray(0, 512);
  return new Uint8Array();
}

/** Text is worth no process: playlists and error pages are the commonest mistake. */
function looksLikeMedia(bytes: Uint8Array): boolean {
  return sniff(bytes) !== undefined || bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32));
}
