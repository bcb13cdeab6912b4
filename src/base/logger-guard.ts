import { callSafely } from './call-safely.ts';
import { type Logger, silentLogger } from './logger.ts';

/** The same logger, which never throws: its errors go to `failed`. */
export function guardedLogger(logger: Logger, failed: (error: unknown) => void): Logger {
  // Those who compare with it save themselves work.
  if (logger === silentLogger) return logger;
  return {
    log: (level, message, fields) => callSafely(() => logger.log(level, message, fields), failed),
    child(fields) {
      try {
        return guardedLogger(logger.child(fields), failed);
      } catch (error) {
        failed(error);
        return this;
      }
    },
  };
}
