/** Why a request about a session failed, and what to do next (jicofo `JingleIqRequestHandler.kt`, `Participant.kt`). */
import { MediaError, ProtocolError, TimeoutError, UsageError } from '../base/errors.ts';
import { StanzaError } from '../xmpp/stanza-error.ts';
import type { SessionRequest, SessionState } from './session-io.ts';

type Kind = SessionRequest['kind'];

/** What each request is for, in words. */
export const sessionTried: Readonly<Record<Kind, string>> = {
  accept: 'accepting the media session',
  sources: 'telling the focus of a change of our sources',
  trickle: 'telling the focus of our candidates',
  restart: 'asking the focus for a restart',
  'ice-restart': 'asking the focus for an ICE restart',
  terminate: 'ending the media session',
};

/** What is said to the focus, and to our user, before the session is ended. */
export const fingerprintChanged = 'the DTLS fingerprint was changed within the session';

export function fingerprintChangedError(sid: string): ProtocolError {
  return new ProtocolError(
    `session ${sid}: ${fingerprintChanged}, as if somebody took the place of the bridge; it is ended, ${rejoin}`,
    { code: 'fingerprint-changed' },
  );
}

const rejoin = 'the focus offers no other session until you leave and join again';

const afterRefusal: Readonly<Record<Kind, string>> = {
  accept: `the session is over; ${rejoin}`,
  sources: 'nothing was changed, and the session goes on',
  trickle: 'the session goes on with the candidates that were known before',
  restart: `the session is over; ${rejoin}`,
  'ice-restart': 'the session goes on as it was; call restart() for a new one',
  terminate: 'the session is over on our side',
};

const afterSilence: Readonly<Record<Kind, string>> = {
  accept: 'the focus may be busy, or could not read it; call restart() for a new offer',
  sources: 'the focus may or may not know of it; call restart() to begin anew',
  trickle: 'the session goes on with the candidates that were known before',
  restart: 'a new offer may still come; if none does, leave and join again',
  'ice-restart': 'call restart() for a new session',
  terminate: 'the session is over on our side',
};

/** The focus has ended the session that the request is about. */
export function saysGone(kind: Kind, error: Error): boolean {
  if (!(error instanceof StanzaError)) return false;
  const { condition, text } = error.info;
  if (condition === 'gone') return true;
  if (kind === 'restart' || kind === 'terminate' || kind === 'ice-restart') return false;
  // Without words, bad-request means that the focus does not know the sid.
  return condition === 'item-not-found' || (condition === 'bad-request' && text === undefined);
}

/**
 * Codes: `session-gone`, else the kind with `-refused` or `-timeout`. The refusal in the focus' words is in the message, the
 * StanzaError is the cause. Other errors, such as a lost connection, are passed on.
 */
export function requestError(kind: Kind, error: Error): Error {
  if (error instanceof StanzaError) {
    if (saysGone(kind, error)) {
      return new MediaError(`${error.message}: the focus has ended this session; ${waitForNext}`, {
        code: 'session-gone',
        cause: error,
      });
    }
    return new MediaError(`${error.message}; ${afterRefusal[kind]}`, {
      code: `${kind}-refused`,
      cause: error,
    });
  }
  if (error instanceof TimeoutError) {
    return new MediaError(`${error.message}; ${afterSilence[kind]}`, {
      code: `${kind}-timeout`,
      retryable: kind !== 'restart',
      cause: error,
    });
  }
  return error;
}

const waitForNext = 'wait for the next offer, or leave and join again';

/** The bridge was asked for new credentials and none came, as when ICE was not connected before. */
export function iceRestartTimeout(): MediaError {
  return new MediaError(
    `${sessionTried['ice-restart']}: no new credentials came in time; ${afterSilence['ice-restart']}`,
    { code: 'ice-restart-timeout' },
  );
}

export function sessionEnded(tried: string): MediaError {
  return new MediaError(`${tried}: the session has ended; ${waitForNext}`, { code: 'session-ended' });
}

/** The offer did not say which bridge session it is: the focus could not tell whether it is still the current one. */
export function noBridgeSession(kind: 'restart' | 'ice-restart'): MediaError {
  return new MediaError(
    `${sessionTried[kind]}: the offer named no bridge session; leave and join again for a new one`,
    { code: 'restart-unsupported' },
  );
}

/** A command that does not fit the state. */
export function wrongState(kind: Kind, state: SessionState['name']): UsageError {
  const next =
    kind === 'accept'
      ? 'a session is accepted once'
      : kind === 'ice-restart' && state === 'active'
        ? 'one is under way already'
        : 'accept it first';
  return new UsageError(`${sessionTried[kind]}: the session is ${state}: ${next}`, { code: 'session-state' });
}
