/** What the end of a conference means for the command that was in it. */
import { RefusedError } from '../../base/errors.ts';
import type { CloseInfo } from '../../conference/io.ts';

/** Endings that nobody here wanted are failures. */
export function failIfPutOut({ reason, text, error }: CloseInfo, room: string): void {
  switch (reason) {
    case 'left':
    case 'destroyed':
      return;
    case 'kicked':
    case 'banned':
    case 'removed': {
      const words = text === undefined ? '' : `: ${text}`;
      throw new RefusedError(`we were put out of ${room} (${reason})${words}`, { code: reason });
    }
    case 'connection-lost':
    case 'join-failed':
      throw error ?? new RefusedError(`${room} was left: ${reason}`, { code: reason });
    default:
      reason satisfies never;
  }
}
