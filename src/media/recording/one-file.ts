/** A recording as one file, after its end: the sound of all, or a film with names. By ffmpeg, from the files and their offsets. */
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JitsiError, MediaError } from '../../base/errors.ts';
import { type FfmpegRun, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { cannotWrite } from './errors.ts';
import { canvas, pictureGraph, placesOf } from './picture-graph.ts';
import { soundGraph } from './sound-graph.ts';
import type { RecordedFile } from './timeline.ts';

const sound = ['-c:a', 'libopus', '-b:a', '64k'];
const picture = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '2M', '-g', '50'];
/** Characters of a name in a picture. */
const longestName = 40;

type FfmpegInputs = FfmpegRun['inputs'];

/** @returns its path; undefined where there is no sound @throws as `runFfmpeg`; OutputError `disk-full`, `disk-failed` */
export async function mixFiles(
  directory: string,
  files: readonly RecordedFile[],
): Promise<string | undefined> {
  const sounds = files.filter(({ kind }) => kind === 'audio');
  if (sounds.length === 0) return undefined;
  const path = join(directory, 'mix.ogg');
  await write(path, {
    purpose: 'to mix the sound of a recording',
    inputs: sounds.map(inputOf),
    output: ['-filter_complex', soundGraph(sounds, 0, 'mixed'), '-map', '[mixed]', ...sound, '-f', 'ogg'],
  });
  return path;
}

/** @param warn names could not be drawn @returns as {@link mixFiles}; undefined where there is nothing */
export async function composeFiles(
  directory: string,
  files: readonly RecordedFile[],
  duration: number,
  warn: (error: JitsiError) => void,
): Promise<string | undefined> {
  if (files.length === 0) return undefined;
  const path = join(directory, 'composed.webm');
  const folder = await mkdtemp(join(tmpdir(), 'jitsi-headless-'));
  try {
    const places = placesOf(files);
    const names = new Map<string, string>();
    for (const [index, { name, participant }] of places.entries()) {
      const file = join(folder, `name-${index}.txt`);
      await writeFile(file, Array.from(name.replaceAll(/\s+/g, ' ')).slice(0, longestName).join(''));
      names.set(participant, file);
    }
    try {
      await write(path, filmOf(files, duration, names));
    } catch (error) {
      if (!isAboutFonts(error)) throw error;
      warn(noFonts(error));
      await write(path, filmOf(files, duration, new Map()));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return path;
}

function filmOf(
  files: readonly RecordedFile[],
  duration: number,
  names: ReadonlyMap<string, string>,
): FfmpegRun {
  const videos = files.filter(({ kind }) => kind === 'video');
  const sounds = files.filter(({ kind }) => kind === 'audio');
  const places = placesOf(files);
  const { height, rate, width } = canvas;
  const background = `color=c=0x202124:size=${width}x${height}:rate=${rate}:duration=${Math.max(0.1, duration)}`;
  const graphs = [pictureGraph(videos, places, names, 'film')];
  if (sounds.length > 0) graphs.push(soundGraph(sounds, videos.length + 1, 'mixed'));
  return {
    purpose: 'to compose a recording',
    inputs: [
      { lavfi: background },
      // A picture of another size is scaled like those before, instead of beginning all filters anew.
      ...videos.map((file) => ({ ...inputOf(file), options: ['-reinit_filter', '0'] })),
      ...sounds.map(inputOf),
    ],
    output: [
      '-filter_complex',
      graphs.join(';'),
      '-map',
      '[film]',
      ...picture,
      ...(sounds.length > 0 ? ['-map', '[mixed]', ...sound] : []),
      '-t',
      String(Math.max(0.1, duration)),
      '-f',
      'webm',
    ],
  };
}

/** As bytes: ffmpeg opens no files. */
function inputOf({ path }: RecordedFile): FfmpegInputs[number] {
  return { data: createReadStream(path) };
}

/** What is half done is taken away. */
async function write(path: string, run: FfmpegRun): Promise<void> {
  const file = await open(path, 'wx').catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  try {
    for await (const bytes of runFfmpeg(run)) await file.write(bytes);
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error instanceof JitsiError ? error : cannotWrite(path, error);
  } finally {
    await file.close();
  }
}

function isAboutFonts(error: unknown): boolean {
  return error instanceof JitsiError && error.code === 'ffmpeg-failed' && /font/i.test(error.message);
}

function noFonts(cause: unknown): MediaError {
  return new MediaError(
    'composing a recording: ffmpeg finds no font, so that there are no names in the film; install one (Debian and Ubuntu: apt install fonts-dejavu-core)',
    { code: 'fonts-missing', cause },
  );
}
