/** Where ffmpeg is: the program's own choice, or the first on the PATH. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '../../base/errors.ts';

export interface FindFfmpegOptions {
  /** What it is needed for; completes "ffmpeg is needed …", such as "to make a PNG". */
  purpose: string;
  /** Path of the program. Default: looked for on the PATH. */
  ffmpeg?: string | undefined;
}

/** What was found, and on which PATH. */
let found: { searched: string; program: string } | undefined;

/**
 * @returns path of the program
 * @throws UsageError `ffmpeg-missing`
 */
export function findFfmpeg({ ffmpeg, purpose }: FindFfmpegOptions): string {
  if (ffmpeg !== undefined) {
    if (isProgram(ffmpeg)) return ffmpeg;
    throw missing(purpose, `${ffmpeg} is no program that we may run`);
  }
  const searched = process.env['PATH'] ?? '';
  if (found?.searched === searched && isProgram(found.program)) return found.program;
  const program = searched
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg'))
    .find(isProgram);
  if (program === undefined) throw missing(purpose, 'it is not on the PATH');
  found = { searched, program };
  return program;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function missing(purpose: string, problem: string): UsageError {
  return new UsageError(
    `ffmpeg is needed ${purpose}, and ${problem}. Install it (Debian and Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg), or say where it is with the option ffmpeg`,
    { code: 'ffmpeg-missing' },
  );
}
