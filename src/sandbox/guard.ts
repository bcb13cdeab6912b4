/**
 * Nothing that a client sends ends the server: a mistake of ours costs whoever met with it their connection, and is logged as an error.
 * Every handler that a socket or a timer calls stands behind one.
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** @param failed called with the same arguments when `handle` has thrown */
export function guard<Args extends readonly unknown[]>(
  logger: Logger,
  what: string,
  handle: (...args: Args) => void,
  failed: (...args: Args) => void = () => {},
): (...args: Args) => void {
  return (...args) => {
    try {
      handle(...args);
    } catch (error) {
      logger.log('error', `a mistake of the sandbox: ${what}`, {
        error: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
      failed(...args);
    }
  };
}

/** A clock whose timers are guarded. */
export function guardedClock(clock: Clock, logger: Logger): Clock {
  return {
    now: () => clock.now(),
    schedule: (delay, run) => clock.schedule(delay, guard(logger, 'a timer', run)),
  };
}
