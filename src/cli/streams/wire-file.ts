/** The file of `--wire`: every message both ways as JSON lines. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { messageOf, UsageError } from '../../base/errors.ts';
import type { WireEntry } from '../../client/wire.ts';

/**
 * Begins the file anew, for this user alone: secrets are taken out, but names and conversations are in it. Each entry is
 * written at once, so that nothing is missing however the process ends.
 * @returns what writes an entry
 * @throws UsageError `wire-file`
 */
export function openWireFile(path: string): (entry: WireEntry) => void {
  try {
    writeFileSync(path, '', { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`opening the wire file: ${messageOf(error)}; choose a path that can be written`, {
      code: 'wire-file',
      cause: error,
    });
  }
  return (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`);
}
