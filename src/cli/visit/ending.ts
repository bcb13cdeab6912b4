/** What the end of a conference means for the command that was in it. */
import { RefusedError } from '../../base/errors.ts';
import type { CloseInfo } from '../../conference/io.ts';

/** Endings that nobody here wanted are failures. */
export function failIfPutOut({ reason, text, error }: CloseInfo, room: string): void {
  switch (reason) {
    case 'left':
      return;
    case 'destroyed':
      throw new RefusedError(`${room} was closed${wordsOf(text)}`, { code: reason });
    case 'kicked':
    case 'banned':
    case 'removed': {
      throw new RefusedError(`we were put out of ${room} (${reason})${wordsOf(text)}`, { code: reason });
    }
    case 'replaced':
    case 'connection-lost':
    case 'join-failed':
      throw error ?? new RefusedError(`${room} was left: ${reason}`, { code: reason });
    default:
      reason satisfies never;
  }
}

function wordsOf(text: string | undefined): string {
  return text === undefined ? '' : `: ${text}`;
}
