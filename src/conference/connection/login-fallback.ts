/** Which login, and when a failed one is tried again in the orderly way. */
import { JitsiError } from '../../base/errors.ts';
import type { LoginStrategy } from '../../xmpp/stream.ts';
import type { ConferenceOptions } from '../options.ts';

/** Failures that have nothing to do with the order of the steps. */
const otherReasons = new Set([
  // No ANONYMOUS among the mechanisms.
  'login-required',
  'stream-host-unknown',
  'stream-system-shutdown',
]);

/** Accounts log in step by step: a password waits until the server's mechanisms are known. */
export function loginStrategy(options: ConferenceOptions, websocketUrl: string, now: number): LoginStrategy {
  const isAnonymous = options.credentials.mechanism === 'ANONYMOUS';
  return isAnonymous && options.pipelining && !options.memory.isOrderly(websocketUrl, now)
    ? 'pipelined'
    : 'orderly';
}

/**
 * Whether a login may have failed because its steps came in one flight. Servers have many ways to say so: a stream error, a
 * failure of SASL, answers out of order, a closed socket, silence. So all count but those that are clear.
 */
export function mayBeThePipelining(error: Error | undefined): boolean {
  return !(error instanceof JitsiError && otherReasons.has(error.code));
}
