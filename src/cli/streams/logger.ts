/** The log of a command: warnings for everybody, the rest for those who debug. */
import { formatFields, lineLogger, type Logger, silentLogger } from '../../base/logger.ts';
import type { Output } from './output.ts';

export function commandLogger(output: Output, debug: boolean): Logger {
  return withDetails(output, debug ? lineLogger((line) => output.debug(line), 'trace') : silentLogger);
}

function withDetails(output: Output, details: Logger): Logger {
  return {
    log(level, message, fields = {}) {
      if (level === 'error' || level === 'warn') output.warn([message, ...formatFields(fields)].join(' '));
      else details.log(level, message, fields);
    },
    child: (fields) => withDetails(output, details.child(fields)),
  };
}
