/** Reading and writing members of the script's values. */
import type { Budget } from './budget.ts';
import {
  BrowserObject,
  isPrimitive,
  ObjectValue,
  Unknown,
  type Unsupported,
  unsupported,
  type Value,
  WindowObject,
} from './values.ts';

/** Keys that reach prototypes in JavaScript. No setting has such a name. */
export function isPrototypeKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

/** `value[key]`. */
export function readMember(value: Value, key: string): Value | Unsupported {
  if (isPrototypeKey(key)) return unsupported;
  if (value instanceof Unknown) return value;
  if (value instanceof ObjectValue) return value.get(key);
  if (typeof value === 'string' || Array.isArray(value)) {
    if (key === 'length') return value.length;
    return /^(0|[1-9]\d{0,9})$/.test(key) ? value[Number(key)] : unsupported;
  }
  return unsupported;
}

/** `Object.assign` and `{...source}`. A source that is not known leaves what is there, and marks the target. */
export function copyEntries(target: ObjectValue, source: Value, budget: Budget): boolean {
  if (source instanceof Unknown) {
    target.incomplete = source;
    return true;
  }
  if (isPrimitive(source) && typeof source !== 'string') return true;
  if (!(source instanceof ObjectValue)) return false;
  budget.step(source.entries.size);
  for (const key of source.entries.keys()) setEntry(target, key, source.get(key));
  if (source.incomplete) target.incomplete = source.incomplete;
  return true;
}

/** Drops keys that reach prototypes, silently: nothing but an attack has them. */
export function setEntry(target: ObjectValue, key: string, value: Value): void {
  if (isPrototypeKey(key) || target instanceof BrowserObject) return;
  if (target instanceof WindowObject) target.set(key, value);
  else target.entries.set(key, value);
}
