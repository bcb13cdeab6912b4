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

/** Of what cannot wait until the connection is there again. */
export function notConnected(tried: string): ConnectionError {
  const words = `${tried}: the connection to the deployment is lost and being made again; try again after \`reconnected\``;
  return new ConnectionError(words, { code: 'not-connected', retryable: true });
}

/** @param what a listener or callback, in words */
export function listenerFailed(what: string, error: unknown): ProtocolError {
  return new ProtocolError(`${what} failed: ${messageOf(error)}`, { code: 'listener-failed', cause: error });
}
