/** What can be wrong with a recording. */
import { messageOf, OutputError, UsageError } from '../../base/errors.ts';

/** There is no room, or it may not be used. */
const full: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function cannotWrite(path: string, cause: unknown): OutputError {
  const { code } = cause as NodeJS.ErrnoException;
  if (full.has(code))
    return new OutputError(
      `recording to ${path}: the disk is full (${code}), and the recording has ended; what was written before is whole: make room and record again`,
      { code: 'disk-full', cause },
    );
  return new OutputError(
    `recording to ${path}: ${messageOf(cause)}; the recording has ended, and what was written before is whole`,
    { code: 'disk-failed', cause },
  );
}

export function diskIsSlow(): OutputError {
  return new OutputError(
    'recording: the disk takes less than comes, so that frames are left out, of video first; record less (`height`, `video: false`), or to a faster disk',
    { code: 'disk-slow', retryable: true },
  );
}

export function cannotContain(source: string, cause: unknown): OutputError {
  return new OutputError(
    `recording ${source}: ${messageOf(cause)}; its file ends here, and the next begins with a key frame`,
    { code: 'frame-unrecordable', cause, retryable: true },
  );
}

export function isInUse(directory: string): UsageError {
  return new UsageError(
    `recording into ${directory}: there is a recording already, and nothing is written over; choose another directory`,
    { code: 'directory-in-use' },
  );
}

export function cannotBegin(directory: string, cause: unknown): UsageError {
  return new UsageError(`recording into ${directory}: ${messageOf(cause)}`, {
    code: 'directory-unwritable',
    cause,
  });
}
