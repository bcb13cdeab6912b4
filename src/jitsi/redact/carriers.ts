/** Errors and log records without the secrets that we know. */
import type { Logger } from '../../base/logger.ts';
import type { Secrets } from './secrets.ts';

/** Of what is in a field of a log record: nothing of ours is nested deeper. */
const deepest = 6;

/** The same error; its message, its stack, its causes and the texts in its fields lose what is secret. */
export function hideInError<Thrown>(error: Thrown, secrets: Secrets): Thrown {
  const open: unknown[] = [error];
  const seen = new Set<unknown>();
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (!isOpenToUs(value) || seen.has(value)) continue;
    seen.add(value);
    // `message`, `stack` and `cause` are not enumerable.
    for (const key of value instanceof Error ? Object.getOwnPropertyNames(value) : Object.keys(value)) {
      const part: unknown = Reflect.get(value, key);
      // What a server said, as the platform's parser got it.
      if (ArrayBuffer.isView(part)) Reflect.deleteProperty(value, key);
      else if (typeof part !== 'string') open.push(part);
      else {
        const shown = secrets.hide(part);
        if (shown !== part) Reflect.set(value, key, shown);
      }
    }
  }
  return error;
}

/** Errors and plain data; not the sockets and requests that errors of the platform carry. */
function isOpenToUs(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof Error || Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** A logger whose lines have no known secret in them. What is logged is looked at when it is read, if it is. */
export function redactingLogger(logger: Logger, secrets: Secrets): Logger {
  const clean = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
    const cleaned = {};
    for (const key of Object.keys(fields)) {
      Object.defineProperty(cleaned, key, { enumerable: true, get: () => shown(fields[key], secrets) });
    }
    return cleaned;
  };
  return {
    log: (level, message, fields) =>
      logger.log(level, secrets.hide(message), ...(fields === undefined ? [] : [clean(fields)])),
    child: (fields) => redactingLogger(logger.child(clean(fields)), secrets),
  };
}

/** Plain data is copied; what is neither that nor an error is left. */
function shown(value: unknown, secrets: Secrets, depth = 0): unknown {
  if (typeof value === 'string') return secrets.hide(value);
  if (value instanceof Error) return hideInError(value, secrets);
  if (!isOpenToUs(value) || depth === deepest) return value;
  if (Array.isArray(value)) return value.map((each) => shown(each, secrets, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [secrets.hide(key), shown(each, secrets, depth + 1)]),
  );
}
