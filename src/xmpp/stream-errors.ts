/** What ends a stream, or a request on it, in words. */
import { ConnectionError, ProtocolError, TimeoutError } from '../base/errors.ts';
import type { StreamErrorInfo } from './framing.ts';
import { keptLimit } from './stream-management.ts';

/** @param words what happened */
export function connectionLost(words: string): ConnectionError {
  return new ConnectionError(words, { code: 'connection-lost', retryable: true });
}

/** By ourselves. */
export function closed(): ConnectionError {
  return new ConnectionError('the connection was closed', { code: 'connection-closed' });
}

export function socketLost(domain: string, reason: string): ConnectionError {
  return connectionLost(`the connection to ${domain} was lost: ${reason}`);
}

export function streamError(domain: string, { condition, text }: StreamErrorInfo): ConnectionError {
  const words = text === undefined ? '' : ` (${text})`;
  return new ConnectionError(`the server ${domain} ended the stream: ${condition}${words}`, {
    code: `stream-${condition}`,
    // RFC 6120, 4.9.3.22: the server is being shut down, others or a later try may do.
    retryable: condition === 'system-shutdown' || condition === 'connection-timeout',
  });
}

export function serverClosed(domain: string): ConnectionError {
  return new ConnectionError(`the server ${domain} closed the stream`, {
    code: 'stream-closed',
    retryable: true,
  });
}

/** @param step the last that was answered @param limit ms */
export function loginTimeout(domain: string, step: string, limit: number): TimeoutError {
  return new TimeoutError(
    `logging in to ${domain}: the server did not go on after ${step} within ${limit / 1000} s`,
    { code: 'login-timeout', retryable: true },
  );
}

export function notResumed(domain: string): ConnectionError {
  return connectionLost(`the connection to ${domain} was lost, and the server did not resume the stream`);
}

export function resumedAnother(domain: string, id: string | undefined): ProtocolError {
  return new ProtocolError(
    `resuming the stream to ${domain}: the server resumed ${id ?? 'one without an id'}, and not ours`,
    { code: 'resumed-another' },
  );
}

export function tooManyWaiting(domain: string): ConnectionError {
  return connectionLost(
    `the connection to ${domain} was lost, and more than ${keptLimit} stanzas wait to be sent`,
  );
}

/** The `warning`: what is lost with a server that acknowledges nothing. */
export function notAcknowledged(domain: string): ConnectionError {
  return new ConnectionError(
    `the server ${domain} leaves more than ${keptLimit} stanzas without acknowledgement: until it catches up, a lost connection cannot be resumed`,
    { code: 'not-acknowledged' },
  );
}

/** @param tried in words */
export function notConnected(tried: string, domain: string): ConnectionError {
  return new ConnectionError(`${tried}: there is no connection to ${domain} any more`, {
    code: 'not-connected',
  });
}
