/** Failures that no other try can mend: then a conference that was lost has ended. */
import { defined } from '../../base/defined.ts';
import { ConnectionError, JitsiError, RefusedError } from '../../base/errors.ts';
import { JoinError } from '../../jitsi/join-error.ts';
import type { CloseInfo } from '../io.ts';

/** How often in a row a server may refuse who we are: a token may be fetched anew, and servers that start refuse anybody. */
const refusals = 2;

/** @param refused how often in a row the login was refused, this time included */
export function hopeless(error: Error, refused: number): CloseInfo | undefined {
  if (error instanceof JoinError && error.code === 'banned') return { reason: 'banned', error };
  if (!(error instanceof JitsiError)) return undefined;
  if (error.code === 'stream-conflict') return { reason: 'replaced', error: replaced(error) };
  if (error.kind === 'usage' || (isRefusedLogin(error) && refused >= refusals))
    return { reason: 'connection-lost', error };
  return undefined;
}

/** The server did not take our password or token. */
export function isRefusedLogin(error: Error): boolean {
  return error instanceof RefusedError && error.code === 'authentication-failed';
}

/** RFC 6120, 4.9.3.3: the same account has logged in with our resource. */
function replaced(cause: JitsiError): RefusedError {
  const words =
    'being in the room: another program has logged in with our account in our place; give each its own';
  return new RefusedError(words, { code: 'replaced', cause });
}

/** For as long as was allowed. */
export function gaveUp(away: number, tries: number, cause: JitsiError | undefined): ConnectionError {
  const last = cause === undefined ? '' : `, the last time: ${cause.message}`;
  return new ConnectionError(
    `reconnecting: not in the room again after ${Math.round(away / 1000)} s and ${tries} tries${last}; join again, or allow more time (reconnect.maxTime)`,
    defined({ code: 'reconnect-gave-up', retryable: true, cause }),
  );
}
