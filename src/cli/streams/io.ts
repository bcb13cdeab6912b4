/** What a command sees of its process. */
import type { Readable, Writable } from 'node:stream';

export type InputStream = Readable & { isTTY?: boolean };
export type OutputStream = Writable & { isTTY?: boolean };

/** Why a command is told to stop: a signal or Ctrl-C; or nobody reads its output any more. */
export type StopReason = 'interrupted' | 'output-closed';

export interface CliIo {
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted, with a {@link StopReason}, when the command shall end in order. */
  signal: AbortSignal;
  /** What Ctrl-C does where the terminal sends no signal for it, as while a line is edited. */
  interrupt(): void;
}
