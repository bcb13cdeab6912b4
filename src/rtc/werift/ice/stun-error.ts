/** What went wrong between us and a STUN or TURN server, in words: werift's own errors have none where `message` is. */
import { messageOf } from '../../../base/errors.ts';

export function stunErrorWords(error: unknown): string {
  const message = messageOf(error);
  if (message !== '' || !(error instanceof Error)) return message;
  // TransactionTimeout and TransactionFailed say it in `str`; a connection that was tried at several addresses has a code.
  const { str, code } = error as { str?: unknown; code?: unknown };
  return [str, code].find((words) => typeof words === 'string') ?? error.constructor.name;
}
