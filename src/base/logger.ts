/**
 * Logging is injected and silent by default. Levels: `error` gave up, `warn` recovered oddity, `info` one line per
 * lifecycle step, `debug` stanza names and choices made, `trace` the whole wire (secrets redacted before they get here).
 */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A logger whose lines carry `fields` too. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

export const silentLogger: Logger = {
  log() {},
  child() {
    return silentLogger;
  },
};

/** The threshold order, loudest reason first. */
const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];

/**
 * A logger that writes one line a record, `level message key=value …`, to `write`.
 * @param threshold the most detailed level that is still written
 */
export function lineLogger(
  write: (line: string) => void,
  threshold: LogLevel,
  fields: Readonly<Record<string, unknown>> = {},
): Logger {
  return {
    log(level, message, more = {}) {
      if (levels.indexOf(level) > levels.indexOf(threshold)) return;
      write([level, message, ...formatFields({ ...fields, ...more })].join(' '));
    },
    child: (more) => lineLogger(write, threshold, { ...fields, ...more }),
  };
}

/** Each as `key=value`; those that are undefined are left out. */
export function formatFields(fields: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${formatValue(value)}`],
  );
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return value instanceof Error ? JSON.stringify(value.message) : JSON.stringify(value);
}
