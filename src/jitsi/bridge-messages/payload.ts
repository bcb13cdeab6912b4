/** The payload of a message as JSON text. */
import { messageOf } from '../../base/errors.ts';
import { invalid } from './checks.ts';

/** Levels that fit into the envelope: the bridge's parser takes 1000 (Jackson `StreamReadConstraints`). */
const deepest = 999;

/**
 * What JSON.stringify makes of a value, with one difference: a function or a symbol within it, which would be lost, is refused as
 * a circle or a bigint is.
 * @throws UsageError `bridge-message-invalid`
 */
export function payloadJson(value: unknown, name: string): string {
  const depths = new Map<unknown, number>();
  /** A replacer is called for every value, with its holder as `this`. */
  function check(this: unknown, key: string, item: unknown): unknown {
    if (typeof item === 'function' || typeof item === 'symbol') {
      throw new TypeError(`${key === '' ? 'it' : JSON.stringify(key)} is a ${typeof item}`);
    }
    if (typeof item === 'object' && item !== null) {
      const depth = (depths.get(this) ?? 0) + 1;
      if (depth > deepest) throw new RangeError(`it is nested more than ${deepest} levels deep`);
      depths.set(item, depth);
    }
    return item;
  }
  const json = stringify(value, check, name);
  if (json === undefined)
    throw invalid(`${name} is ${typeof value}; it has to be something that JSON can say`);
  return json;
}

function stringify(
  value: unknown,
  replacer: (this: unknown, key: string, item: unknown) => unknown,
  name: string,
): string | undefined {
  try {
    return JSON.stringify(value, replacer);
  } catch (error) {
    // What comes after the first line draws a circle's way.
    const [reason] = messageOf(error).split('\n');
    throw invalid(`${name} cannot be written as JSON: ${reason}`, error);
  }
}
