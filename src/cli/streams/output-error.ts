/** What was to be written cannot be: a full disk, a pipe that nobody reads any more. */
import { OutputError } from '../../base/errors.ts';
import type { StopReason } from './io.ts';

/** Words for what the system calls by number; others are shown as they are. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room and run it again',
  EDQUOT: 'the quota of the disk is used up; make room and run it again',
  EFBIG: 'the file is too large for the disk or the limits of this user',
  EIO: 'the device fails, or the terminal is gone',
  EPIPE: 'nobody reads it any more',
  ENXIO: 'nobody reads it',
};

/** @param where what was written to, as in `stdout` */
export function writeFailed(where: string, error: NodeJS.ErrnoException): OutputError {
  const { code = '', message } = error;
  return new OutputError(`writing to ${where}: ${reasons[code] ?? message}`, {
    code: 'output-failed',
    cause: error,
  });
}

/** Why a command ends whose stdout fails. Whoever closes the pipe has read enough, as `head` does. */
export function stopReasonOf(error: NodeJS.ErrnoException): StopReason {
  return error.code === 'EPIPE' ? 'output-closed' : writeFailed('stdout', error);
}
