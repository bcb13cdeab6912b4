/** Why a room does not let one in, as errors a caller can act on (XEP-0045, 7.2; lib-jitsi-meet `ChatRoom.ts`, `onPresenceError`). */
import { RefusedError } from '../base/errors.ts';
import { child, childText, type XmlElement } from '../xml/element.ts';
import { parseStanzaError } from '../xmpp/stanza-error.ts';
import { jitsiNs } from './namespaces.ts';

/** The codes of a {@link JoinError}. */
export type JoinErrorCode =
  | 'password-required'
  | 'password-wrong'
  | 'banned'
  | 'room-not-found'
  | 'room-does-not-exist'
  | 'guests-not-accepted'
  | 'visitors-refused'
  | 'join-not-allowed'
  | 'display-name-required'
  | 'lobby'
  | 'nick-conflict'
  | 'room-full'
  | 'join-refused';

export class JoinError extends RefusedError {
  /** RFC 6120's condition. */
  readonly condition: string;
  /** With code `lobby`: the lobby room to knock at. */
  readonly lobbyRoom: string | undefined;

  constructor(
    message: string,
    details: { code: JoinErrorCode; condition: string; lobbyRoom?: string | undefined; retryable?: boolean },
  ) {
    super(message, details);
    this.condition = details.condition;
    this.lobbyRoom = details.lobbyRoom;
  }

  declare readonly code: JoinErrorCode;
}

/**
 * The error for a `<presence type="error"/>` that answers our join.
 * @param passwordGiven whether we sent a password: the server's answer to a wrong one and to none is the same
 */
export function parseJoinError(presence: XmlElement, room: string, passwordGiven: boolean): JoinError {
  const { condition, text, details, type } = parseStanzaError(presence);
  const has = (name: string): boolean => details.some((detail) => detail.name === name);
  const words = text === undefined ? '' : ` (${text})`;
  const refuse = (
    code: JoinErrorCode,
    why: string,
    more: { lobbyRoom?: string | undefined; retryable?: boolean } = {},
  ): JoinError => new JoinError(`joining ${room}: ${why}`, { code, condition, ...more });

  switch (condition) {
    case 'not-authorized':
      return passwordGiven
        ? refuse('password-wrong', 'the password is wrong; ask somebody in the room for the right one')
        : refuse(
            'password-required',
            'the room has a password; pass it with the password option or JCLI_PASSWORD',
          );
    case 'forbidden':
      return refuse('banned', `we are banned from this room${words}`);
    case 'item-not-found':
      return refuse('room-not-found', `the room is locked or unknown${words}`);
    case 'not-allowed':
      if (has('authentication-required'))
        return refuse('guests-not-accepted', 'the room does not accept guests; join with a token or login');
      if (['no-main-participants', 'promotion-not-allowed', 'no-visitors-lobby'].some(has)) {
        return refuse('visitors-refused', `the room does not take visitors now${words}`, { retryable: true });
      }
      if (has('room-does-not-exist') || text === 'Room creation is restricted') {
        return refuse('room-does-not-exist', 'the room does not exist and only the focus may create it', {
          retryable: true,
        });
      }
      return refuse(
        'join-not-allowed',
        `not allowed${words}; check the token, the endpoint id and the room's name`,
      );
    case 'not-acceptable':
      if (has('displayname-required'))
        return refuse('display-name-required', 'the room wants a display name; pass one as nick');
      return refuse('join-refused', `the room answered not-acceptable${words}`);
    case 'registration-required':
      return refuse(
        'lobby',
        'the room has a lobby: a moderator must let us in, and knocking is not supported yet',
        {
          lobbyRoom: lobbyRoomOf(presence),
        },
      );
    case 'conflict':
      return refuse(
        'nick-conflict',
        'another participant has our endpoint id; choose another, or none to get a random one',
        { retryable: true },
      );
    case 'service-unavailable':
      return refuse('room-full', `the room is full${words}`, { retryable: true });
    default:
      return refuse('join-refused', `the room answered ${condition}${words}`, { retryable: type === 'wait' });
  }
}

/** Newer servers put it inside the error, older ones beside it. */
function lobbyRoomOf(presence: XmlElement): string | undefined {
  const error = child(presence, 'error');
  return (error && childText(error, 'lobbyroom', jitsiNs.jitmeet)) ?? childText(presence, 'lobbyroom');
}
