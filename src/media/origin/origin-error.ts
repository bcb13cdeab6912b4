/** What is wrong with an origin. */
import { messageOf, UsageError } from '../../base/errors.ts';

/** @param what completes "reading NAME: …" */
export function originError(name: string, code: string, what: string, cause?: unknown): UsageError {
  return new UsageError(`reading ${name}: ${what}`, { code, cause });
}

export function unreadable(name: string, cause: unknown): UsageError {
  return originError(name, 'media-unreadable', messageOf(cause), cause);
}

export function closedError(name: string): UsageError {
  return originError(name, 'media-closed', 'it was closed');
}

export function notRepeatable(name: string): UsageError {
  return originError(
    name,
    'media-not-repeatable',
    'it comes once only, and cannot be read from its beginning again; save it to a file first',
  );
}
