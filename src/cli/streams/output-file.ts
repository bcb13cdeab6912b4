/**
 * A file that is written while the command runs: whether it can be is known at once, and nothing blocks. Regular files and
 * devices are written as soon as there is something, so that nothing is missing however the process ends; a named pipe at
 * the pace of its reader.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';

/** For this user alone. */
const privateMode = 0o600;

/**
 * Begins the file anew.
 * @param isPrivate nobody else may read it, not even where it exists and they could before
 * @throws Error with a sentence, or what the system says
 */
export function openOutputFile(path: string, { isPrivate }: { isPrivate: boolean }): Writable {
  const { O_WRONLY, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants;
  // Opening a pipe without a reader would wait for one.
  const file = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, isPrivate ? privateMode : 0o666);
  try {
    const stats = fstatSync(file);
    if (stats.isFIFO()) return new Socket({ fd: file, readable: false, writable: true });
    if (stats.isFile()) {
      if (isPrivate) makePrivate(file, stats);
      ftruncateSync(file);
    } else if (!stats.isCharacterDevice()) throw new Error('it is neither a file nor a pipe');
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return writableFile(file);
}

function open(path: string, flags: number, mode: number): number {
  try {
    return openSync(path, flags, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    throw new Error(`nobody reads ${path}: start its reader first`, { cause: error });
  }
}

function makePrivate(file: number, { mode, uid }: Stats): void {
  if (process.getuid !== undefined && uid !== process.getuid() && process.getuid() !== 0)
    throw new Error('it belongs to somebody else, who could read it');
  if ((mode & 0o077) !== 0) fchmodSync(file, privateMode);
}

/** Each chunk is in the file when `write` returns. */
function writableFile(file: number): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      try {
        writeFileSync(file, chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    destroy(error, done) {
      try {
        closeSync(file);
      } catch {
        // What was written is known to be, or known not to be.
      }
      done(error);
    },
  });
}
