/** How a conference is recorded. */
import { defined } from '../../base/defined.ts';
import { UsageError } from '../../base/errors.ts';
import {
  abortSignal,
  callback,
  checkOptions,
  flag,
  type Kinds,
  limit,
  oneOf,
  text,
  videoHeight,
} from '../../client/check-arguments.ts';
import type { Participant } from '../../conference/room/roster.ts';

export interface RecordOptions {
  /** Where files go: it is made where it is missing, and may have no recording in it. */
  directory: string;
  /**
   * Of the files. `webm` (default): a block a frame; `mp4`: a fragment a second; `ogg`: sound in Ogg Opus, pictures in WebM. H264, which WebM
   * has no place for, is in MP4 always.
   */
  container?: 'webm' | 'mp4' | 'ogg';
  /** Default true. */
  audio?: boolean;
  /** Default true. */
  video?: boolean;
  /** Pixels that are asked for of each video; -1: no limit. Default 720. */
  height?: number;
  /** Whom to record; default everybody. Asked once for each source. */
  participants?: (participant: Participant | undefined, endpointId: string) => boolean;
  /** The public chat is in the timeline. Default true. */
  chat?: boolean;
  /** After the end: the sound of all in one file (`mix.ogg`). Needs ffmpeg. Default false. */
  mix?: boolean;
  /** After the end: pictures and sound of all in one film (`composed.webm`), with names. Needs ffmpeg. Default false. */
  compose?: boolean;
  /** Bytes that may wait for the disk, of all files; what comes then is left out. Default 64 MiB. */
  queueLimit?: number;
  /** Ends the recording in order, as `stop()` does. */
  signal?: AbortSignal;
}

export type ResolvedRecordOptions = Required<Omit<RecordOptions, 'signal' | 'participants'>> &
  Pick<RecordOptions, 'signal' | 'participants'>;

const kinds: Kinds<RecordOptions> = {
  directory: text,
  container: oneOf('webm', 'mp4', 'ogg'),
  audio: flag,
  video: flag,
  height: videoHeight,
  participants: callback,
  chat: flag,
  mix: flag,
  compose: flag,
  queueLimit: limit,
  signal: abortSignal,
};

/** @throws UsageError `option-unknown`, `option-invalid` */
export function resolveRecordOptions(options: RecordOptions): ResolvedRecordOptions {
  checkOptions('recording', kinds, options);
  if (options.directory === undefined || options.directory === '')
    throw new UsageError('recording: it needs a directory, as in record(conference, { directory })', {
      code: 'option-invalid',
    });
  return {
    container: 'webm',
    audio: true,
    video: true,
    height: 720,
    chat: true,
    mix: false,
    compose: false,
    queueLimit: 64 * 1024 * 1024,
    ...defined(options),
  };
}
