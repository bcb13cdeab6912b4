/** What the process' exit code says. The numbers are a promise to scripts. */
import { type ErrorKind, JitsiError } from '../base/errors.ts';

export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  connection: 3,
  /** authentication, password, lobby, ban; put out of the room, or the room closed */
  refused: 4,
  media: 5,
  timeout: 6,
  interrupted: 130,
} as const;

const byKind: Readonly<Record<ErrorKind, number>> = {
  usage: exitCode.usage,
  connection: exitCode.connection,
  refused: exitCode.refused,
  media: exitCode.media,
  timeout: exitCode.timeout,
  protocol: exitCode.failed,
  output: exitCode.failed,
};

/** The code for a command that ended with `error`. */
export function exitCodeOf(error: unknown): number {
  return error instanceof JitsiError ? byKind[error.kind] : exitCode.failed;
}
