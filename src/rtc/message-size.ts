/** The largest message of a data channel. */
import { MediaError } from '../base/errors.ts';

/** Bytes: what browsers send at most to a bridge, and bridges to anybody (media 10). */
export const maxMessageSize: number = 262_144;

export function messageTooLarge(size: number): MediaError {
  return new MediaError(
    `sending a message: it has ${size} bytes, and a data channel takes ${maxMessageSize} at most`,
    { code: 'message-too-large' },
  );
}
