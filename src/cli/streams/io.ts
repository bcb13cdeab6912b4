/** What a command sees of its process. */
import type { Readable, Writable } from 'node:stream';
import type { JitsiError } from '../../base/errors.ts';

export type InputStream = Readable & { isTTY?: boolean };
export type OutputStream = Writable & { isTTY?: boolean };

/** Why a command is told to stop: a signal or Ctrl-C; nobody reads its output any more; or what it writes cannot be written. */
export type StopReason = 'interrupted' | 'output-closed' | JitsiError;

export interface CliIo {
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted, with a {@link StopReason}, when the command shall end in order. */
  signal: AbortSignal;
  /** Ends the command in order, as Ctrl-C does where the terminal sends no signal for it. The first reason counts. */
  stop(reason: StopReason): void;
  /** What a command does at its end may take long, and is not to be cut short when it is told to stop; a second time ends it. */
  hold?(work: Promise<unknown>): void;
}
