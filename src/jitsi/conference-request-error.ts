/** How the focus refuses a conference request, as errors a caller can act on (lib-jitsi-meet `moderator.js`, jicofo `ErrorFactory.java`). */
import { ConnectionError, type JitsiError, RefusedError, TimeoutError } from '../base/errors.ts';
import { StanzaError, type StanzaErrorInfo } from '../xmpp/stanza-error.ts';
import type { ConferenceResponse } from './conference-request.ts';

/** Creating this room needs a login. */
export class LoginRequiredError extends RefusedError {
  /** Where a person can log in, when the deployment says so. */
  readonly loginUrl: string | undefined;
  readonly #room: string;
  readonly #reason: string | undefined;

  constructor(room: string, reason: string | undefined, loginUrl?: string) {
    const where = loginUrl === undefined ? '' : ` (login page: ${loginUrl})`;
    super(
      `requesting the conference ${room}: the focus wants a login before this room may be opened${reason === undefined ? '' : ` (${reason})`}; ` +
        `wait until a host has opened it, or join with a user name and password or a token${where}`,
      { code: 'login-required', retryable: true },
    );
    this.#room = room;
    this.#reason = reason;
    this.loginUrl = loginUrl;
  }

  /** The same with the address of the login page. */
  withLoginUrl(loginUrl: string): LoginRequiredError {
    return new LoginRequiredError(this.#room, this.#reason, loginUrl);
  }
}

/** The focus, or a proxy before it, may answer later: it is worth asking again. */
export class FocusBusyError extends ConnectionError {
  /** ms after which it wants to be asked again, if it said so. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    options: { code: 'focus-busy' | 'focus-unavailable'; retryAfter?: number | undefined; cause?: unknown },
  ) {
    super(message, { ...options, retryable: true });
    this.retryAfter = options.retryAfter;
  }
}

/** HTTP statuses of who is busy: 408 and 425 are asked again as they are, 429 and 502 to 504 later (RFC 9110, 15; RFC 6585, 4; RFC 8470). */
const busyStatuses: readonly number[] = [408, 425, 429, 502, 503, 504];

/** @param error what the request ended with: a StanzaError, or the connection's own error, which is passed on */
export function conferenceRequestError(room: string, error: Error): Error {
  if (error instanceof TimeoutError) {
    return new TimeoutError(
      `requesting the conference ${room}: the focus did not answer, as Jicofo does with a room whose name it cannot read or whose domain is ` +
        'not its own; check the name of the room and the MUC domain, and that the focus is running',
      { code: 'focus-no-answer', retryable: true, cause: error },
    );
  }
  return error instanceof StanzaError ? refusal(room, error.info, error) : error;
}

function refusal(room: string, info: StanzaErrorInfo, cause: StanzaError): JitsiError {
  const asked = `requesting the conference ${room}`;
  const words = info.text === undefined ? '' : ` (${info.text})`;
  const reservation = info.details.find(({ name }) => name === 'reservation-error');
  switch (info.condition) {
    case 'not-authorized':
      return new LoginRequiredError(room, info.text);
    case 'not-acceptable':
      return info.details.some(({ name }) => name === 'session-invalid')
        ? new RefusedError(`${asked}: the login session is not valid any more; log in again`, {
            code: 'session-invalid',
            cause,
          })
        : new RefusedError(`${asked}: the focus does not accept our machine id${words}`, {
            code: 'machine-uid-refused',
            cause,
          });
    case 'service-unavailable':
    case 'recipient-unavailable':
    case 'remote-server-not-found':
      if (reservation) {
        return new RefusedError(
          `${asked}: the reservation system refused it with code ${reservation.attrs['error-code'] ?? '?'}${words}`,
          {
            code: 'reservation-refused',
            cause,
          },
        );
      }
      return unavailable(asked, words, info.type, cause);
    default:
      // The other side says itself that the same request may succeed (RFC 6120, 8.3.2).
      if (info.type === 'wait') {
        return new FocusBusyError(`${asked}: the focus is busy, it answered ${info.condition}${words}`, {
          code: 'focus-busy',
          cause,
        });
      }
      return new RefusedError(`${asked}: the focus answered ${info.condition}${words}`, {
        code: 'conference-request-refused',
        cause,
      });
  }
}

function unavailable(
  asked: string,
  words: string,
  type: StanzaErrorInfo['type'],
  cause: StanzaError,
): ConnectionError {
  const message = `${asked}: no focus is connected to this deployment${words}; it may be restarting, or its address is another`;
  return type === 'wait'
    ? new FocusBusyError(message, { code: 'focus-unavailable', cause })
    : new ConnectionError(message, { code: 'focus-unavailable', retryable: true, cause });
}

/**
 * The error for an HTTP status other than 200.
 * @param body shown in part
 * @param retryAfter ms
 */
export function conferenceHttpError(
  room: string,
  status: number,
  body: string,
  retryAfter?: number,
): JitsiError {
  const asked = `requesting the conference ${room} over HTTP`;
  if (status === 401 || status === 403) return new LoginRequiredError(room, `HTTP status ${status}`);
  if (status === 400 && body.includes('invalid-session')) {
    return new RefusedError(`${asked}: the login session is not valid any more; log in again`, {
      code: 'session-invalid',
    });
  }
  if (busyStatuses.includes(status)) {
    const isBusy = status < 500;
    return new FocusBusyError(
      `${asked}: the ${isBusy ? 'focus is busy, it' : 'server'} answered ${status}${isBusy ? '' : '; the focus may be restarting'}`,
      { code: isBusy ? 'focus-busy' : 'focus-unavailable', retryAfter },
    );
  }
  if (status >= 500) {
    return new ConnectionError(`${asked}: the server answered ${status}; it may be restarting`, {
      code: 'focus-unavailable',
      retryable: true,
    });
  }
  return new RefusedError(
    `${asked}: the server answered ${status} ${JSON.stringify(body.slice(0, 200))}; is the conference request URL right?`,
    {
      code: 'conference-request-refused',
    },
  );
}

/** What in a response, though it is no error, means that we cannot join; undefined if we can. */
export function responseError(room: string, response: ConferenceResponse): RefusedError | undefined {
  if (response.visitorNode !== undefined) {
    return new RefusedError(
      `requesting the conference ${room}: the focus redirects us to the visitor node ${response.visitorNode}; joining as a visitor is not supported`,
      { code: 'visitor-redirect' },
    );
  }
  if (response.properties.live === 'false') {
    return new RefusedError(`requesting the conference ${room}: it is not live yet; try again later`, {
      code: 'conference-not-live',
      retryable: true,
    });
  }
  return undefined;
}
