/** Everything else: ffmpeg makes Opus in Ogg of it, as fast as it is read and no faster. */
import { openMedia } from '../../container/open-media.ts';
import { runFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';
import type { ByteSource } from '../../origin/byte-source.ts';
import { ContainerSound } from './container-sound.ts';
import type { Sound, SoundOptions } from './sound.ts';
import { unusable } from './sound-error.ts';

/** bit/s of both channels, as good as Opus needs for music */
const defaultBitrate = 128_000;

export interface FfmpegSoundInput {
  source: ByteSource;
  /** AAC that begins where the sound is to, in place of the source's bytes. */
  frames?: AsyncIterable<Uint8Array>;
}

/** @throws UsageError `ffmpeg-missing`; MediaError `ffmpeg-failed`, `sound-unusable`; what the source throws */
export async function openFfmpegSound(
  input: FfmpegSoundInput,
  name: string,
  options: SoundOptions,
): Promise<Sound> {
  const { bitrate = defaultBitrate, ffmpeg, signal, start } = options;
  const { frames, source } = input;
  const from = start > 0 && !frames ? ['-ss', (start / 1000).toFixed(3)] : [];
  const opus = ['-c:a', 'libopus', '-b:a', String(Math.round(bitrate)), '-frame_duration', '20'];
  const run = runFfmpeg({
    purpose: `to play ${name}`,
    inputs: [frames ? { options: ['-f', 'aac'], data: frames } : { data: source.bytes() }],
    // A page for each packet: it is sent as soon as it is there.
    output: [
      ...from,
      '-map',
      '0:a:0',
      '-map_metadata',
      '-1',
      '-ac',
      '2',
      '-ar',
      '48000',
      ...opus,
      '-page_duration',
      '20000',
      '-f',
      'ogg',
    ],
    ffmpeg,
    signal,
  });
  try {
    const media = await openMedia(run);
    const { audio } = media;
    if (!audio) throw unusable(name, 'there is no sound in it');
    const sound = await ContainerSound.open(media, audio, 0);
    return {
      channels: sound.channels,
      duration: undefined,
      isLive: false,
      read: async () => {
        const frame = await sound.read();
        return frame && { ...frame, at: frame.at + start };
      },
      close: () => {
        sound.close();
        source.close();
        void run.close();
      },
    };
  } catch (error) {
    await run.close();
    throw error;
  }
}
