/** Errors of joining that no single message of the other side says. */
import { ConnectionError, type JitsiError, TimeoutError } from '../base/errors.ts';

/** Says so when nothing at the address is as at a Jitsi Meet deployment: no config.js, and no WebSocket at the usual place. */
export function notJitsi(origin: string, error: JitsiError): JitsiError {
  if (error.code !== 'websocket-refused') return error;
  return new ConnectionError(
    `${origin} does not look like a Jitsi Meet deployment: it has no config.js, and ${error.message}; ` +
      'check the address, or give the XMPP domain, MUC domain and WebSocket URL yourself',
    { code: 'not-jitsi', cause: error },
  );
}

/**
 * @param state the state in which the time ran out
 * @param trouble with the focus, which was asked again and again
 */
export function joinTimeout(
  room: string,
  when: string,
  state: string,
  trouble?: { error: Error; asked: number },
): TimeoutError {
  const notThere = `joining ${room}: not in the room ${when}`;
  const options = { code: 'join-timeout', retryable: true };
  if (trouble) {
    const words = `${notThere}: the focus was asked ${trouble.asked} times, and last said no more than this: ${trouble.error.message}; try again later`;
    return new TimeoutError(words, { ...options, cause: trouble.error });
  }
  const why =
    state === 'entering' ? 'the room does not answer; the focus may not be in it' : `still ${state}`;
  return new TimeoutError(`${notThere}: ${why}`, options);
}
