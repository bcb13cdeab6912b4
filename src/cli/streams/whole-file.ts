/** A file that is there as a whole, or not at all: written beside its place, then put there in one step. */
import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { accessSync, constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf, UsageError } from '../../base/errors.ts';
import { writeFailed } from './output-error.ts';

/** Before anything is done for it. @throws UsageError `output-unwritable` */
export function checkFolder(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`writing ${path}: ${messageOf(error)}; choose a folder that can be written to`, {
      code: 'output-unwritable',
      cause: error,
    });
  }
}

/** What was there under that name is replaced. @throws OutputError `output-failed` */
export async function writeWholeFile(path: string, data: Uint8Array): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`);
  try {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await unlink(beside).catch(() => {});
    throw writeFailed(path, error as NodeJS.ErrnoException);
  }
}
