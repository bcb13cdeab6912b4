/**
 * Errors of this package. A caller acts on the class or on `kind`, distinguishes cases by `code` (stable strings,
 * listed in docs/errors.md), and shows `message` to people. Nobody needs to match on message text.
 */

/** What a caller can do about an error, coarsely; the command line's exit codes follow it. */
export type ErrorKind =
  /** the caller passed something that cannot work: fix the call */
  | 'usage'
  /** the deployment could not be reached, or the connection broke */
  | 'connection'
  /** the deployment answered, and said no */
  | 'refused'
  /** the media session could not be set up or failed */
  | 'media'
  /** nothing (more) happened within the time allowed */
  | 'timeout'
  /** the other side sent something that is not what the specifications allow */
  | 'protocol'
  /** what was to be written could not be: a full disk, a closed pipe */
  | 'output';

export interface ErrorDetails {
  /** Stable identifier of the case, kebab-case. */
  code: string;
  /** True when the same call may succeed later without changing anything. */
  retryable?: boolean;
  cause?: unknown;
}

/** Root of every error that this package throws on purpose. */
export abstract class JitsiError extends Error {
  abstract readonly kind: ErrorKind;
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.retryable = details.retryable ?? false;
  }
}

/** The caller's own input cannot work (a bad address, an option out of range, a call in the wrong state). */
export class UsageError extends JitsiError {
  override readonly kind = 'usage';
}

/** The deployment could not be reached or understood, or the connection was lost. */
export class ConnectionError extends JitsiError {
  override readonly kind = 'connection';
}

/** The deployment refused: authentication, password, lobby, ban, room limits. */
export class RefusedError extends JitsiError {
  override readonly kind = 'refused';
}

/** The media session could not be set up, or failed. */
export class MediaError extends JitsiError {
  override readonly kind = 'media';
}

/** Something awaited did not happen in time. */
export class TimeoutError extends JitsiError {
  override readonly kind = 'timeout';
}

/** The peer broke a protocol rule in a way that cannot be worked around. */
export class ProtocolError extends JitsiError {
  override readonly kind = 'protocol';
}

/** What was to be written cannot be. */
export class OutputError extends JitsiError {
  override readonly kind = 'output';
}

/**
 * The only error that malformed input from outside can cause. `source` names the format ("xml", "config.js", "jingle",
 * "jid", …); `code` is one of that parser's few reasons.
 */
export class ParseError extends JitsiError {
  override readonly kind = 'protocol';
  readonly source: string;

  constructor(source: string, code: string, message: string, cause?: unknown) {
    super(message, { code, cause });
    this.source = source;
  }
}

/** The message of anything thrown, for text that people read. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
