/** What is wrong with a file or a stream of media. */
import { ParseError, UsageError } from '../../base/errors.ts';

/** @param what completes "NAME cannot be used: …" */
export function containerError(name: string, code: string, what: string, cause?: unknown): ParseError {
  return new ParseError('container', code, `${name} cannot be used: ${what}`, cause);
}

/** @param reason completes "unusable IVF file: …" */
export function ivfError(code: string, reason: string): ParseError {
  return new ParseError('ivf', code, `unusable IVF file: ${reason}`);
}

/** @param why what it is instead of a file of one piece */
export function notSeekable(name: string, why = 'it comes as a stream'): UsageError {
  return new UsageError(`going to another place in ${name}: ${why}, in one order only`, {
    code: 'media-not-seekable',
  });
}
