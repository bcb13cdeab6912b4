/** The file of `--wire`: every message both ways as JSON lines. */
import { messageOf, UsageError } from '../../base/errors.ts';
import type { WireEntry } from '../../client/wire.ts';
import type { CliIo } from './io.ts';
import { LineWriter } from './line-writer.ts';
import { writeFailed } from './output-error.ts';
import { openOutputFile } from './output-file.ts';

/** Ours under another name, which cannot always be opened once more: it may be a socket. */
const ownStreams = { '/dev/stdout': 'stdout', '/dev/stderr': 'stderr' } as const;

/**
 * Begins the file anew, for this user alone: secrets are taken out, but names and conversations are in it. Where it cannot be
 * written any more, the command ends in order.
 * @returns what writes an entry
 * @throws UsageError `wire-file`
 */
export function openWireFile(path: string, io: CliIo): (entry: WireEntry) => void {
  const lines = new LineWriter(openStream(path, io), {
    mark: (count) => JSON.stringify({ at: Date.now(), dropped: count }),
  });
  return (entry) => lines.write(JSON.stringify(entry));
}

function openStream(path: string, io: CliIo): CliIo['stdout'] {
  if (path in ownStreams) return io[ownStreams[path as keyof typeof ownStreams]];
  try {
    const stream = openOutputFile(path, { isPrivate: true });
    stream.on('error', (error) => io.stop(writeFailed(`the wire file ${path}`, error)));
    return stream;
  } catch (error) {
    throw new UsageError(`opening the wire file: ${messageOf(error)}; choose a path that can be written`, {
      code: 'wire-file',
      cause: error,
    });
  }
}
