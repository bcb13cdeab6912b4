/** What is said in several places about calls that come too early or too late, and about what users gave us and fails. */
import { ConnectionError, messageOf, ProtocolError } from '../base/errors.ts';

/** Of what was waited for. */
export function conferenceEnded(tried: string): ConnectionError {
  return new ConnectionError(`${tried}: the conference has ended; \`closed\` tells how`, {
    code: 'conference-ended',
  });
}

/** @param state of the conference */
export function notJoined(tried: string, state: string): ConnectionError {
  return new ConnectionError(`${tried}: we are not in the room (${state})`, { code: 'not-joined' });
}

/** @param what a listener or callback, in words */
export function listenerFailed(what: string, error: unknown): ProtocolError {
  return new ProtocolError(`${what} failed: ${messageOf(error)}`, { code: 'listener-failed', cause: error });
}
