/** Clips from files: the caller's, and those that come with this package. */
import { readFileSync, statSync } from 'node:fs';
import { messageOf, UsageError } from '../base/errors.ts';
import type { Clip } from './clip.ts';
import { readIvf } from './ivf.ts';
import { readOggOpus } from './ogg-opus.ts';

/** bytes: it is read as a whole */
const largest = 256 * 1024 * 1024;

/** @throws UsageError `clip-unreadable`, `clip-unusable` (its cause says what about it) */
export function loadVideoClip(path: string): Clip {
  return load(path, readIvf);
}

/** @throws as {@link loadVideoClip} */
export function loadAudioClip(path: string): Clip {
  return load(path, readOggOpus);
}

/** A moving test picture (VP8, 640×360, 30 frames/s, a key frame a second); something like speech, and a tone of 440 Hz (Opus). */
export function builtInClip(name: 'picture' | 'speech' | 'tone'): Clip {
  // Two folders up in the sources as in the build.
  const path = (file: string): URL => new URL(`../../clips/${file}`, import.meta.url);
  return name === 'picture'
    ? readIvf(readFileSync(path('picture.ivf')))
    : readOggOpus(readFileSync(path(`${name}.ogg`)));
}

function load(path: string, read: (bytes: Uint8Array) => Clip): Clip {
  let bytes: Uint8Array;
  try {
    bytes = readWhole(path);
  } catch (error) {
    throw new UsageError(`reading ${path}: ${messageOf(error)}`, { code: 'clip-unreadable', cause: error });
  }
  try {
    return read(bytes);
  } catch (error) {
    throw new UsageError(`reading ${path}: ${messageOf(error)}`, { code: 'clip-unusable', cause: error });
  }
}

function readWhole(path: string): Uint8Array {
  const status = statSync(path);
  // A device or a pipe may have no end.
  if (!status.isFile()) throw new Error('it is no file');
  if (status.size > largest) throw new Error(`it has more than ${largest / 1024 / 1024} MiB`);
  return readFileSync(path);
}
