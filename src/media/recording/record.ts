/** Begins a recording. */
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { steadyClock } from '../../base/clock.ts';
import type { Conference } from '../../client/conference.ts';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { createFile } from './disk.ts';
import { cannotBegin, isInUse } from './errors.ts';
import { type RecordOptions, resolveRecordOptions } from './options.ts';
import { Recorder } from './recorder.ts';

const timelineName = 'timeline.json';

/**
 * Records the others in a conference until `stop()` or its end: encoded frames as they come into a file for each source, and a timeline of what
 * happens. Nothing is decoded. It asks the bridge for video, and no more of it when it ends.
 * @throws UsageError `option-unknown`, `option-invalid`, `directory-in-use`, `directory-unwritable`, `ffmpeg-missing`
 */
export function record(conference: Conference, options: RecordOptions): Recorder {
  const resolved = resolveRecordOptions(options);
  if (resolved.mix || resolved.compose) findFfmpeg({ purpose: 'to make one file of a recording' });
  const directory = prepareDirectory(resolved.directory);
  const timeline = join(directory, timelineName);
  try {
    writeFileSync(timeline, '', { flag: 'wx' });
  } catch (error) {
    throw cannotBegin(directory, error);
  }
  return new Recorder(conference, directory, resolved, {
    clock: steadyClock,
    create: createFile,
    timeline: open(timeline, 'r+'),
  });
}

/**
 * Makes a directory that is to be recorded into.
 * @returns its absolute path
 * @throws UsageError `directory-in-use`, `directory-unwritable`
 */
export function prepareDirectory(path: string): string {
  const directory = resolve(path);
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw cannotBegin(directory, error);
  }
  if (existsSync(join(directory, timelineName))) throw isInUse(directory);
  return directory;
}
