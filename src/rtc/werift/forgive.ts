import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';

/** Work that nobody waits for: its failure is a line in the log. @param what failed then, in words */
export function forgive(work: Promise<unknown>, what: string, logger: Logger): void {
  work.catch((error: unknown) => logger.log('debug', what, { error: messageOf(error) }));
}
